import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance } from './did-you-mean.js';

describe('the suggestion for an unknown key', () => {
  it.each([
    [[], 'secret', 'secrets'],
    [[], 'ttls', 'ttl'],
    [['ttl'], 'acess_token', 'ttl.access_token'],
    [['ttl'], 'access_tokne', 'ttl.access_token'],
    [['serve', 'public'], 'prot', 'serve.public.port'],
    [['urls'], 'Login', 'urls.login'],
    [[], 'issuer', 'urls.self.issuer'],
    [[], 'same_site_mode', 'serve.cookies.same_site_mode'],
  ])('in %j for %s is %s', (group, unknown, meant) => {
    expect(didYouMean(group, unknown)).toBe(meant);
  });

  it.each([
    [[], 'completely_different'],
    [[], 'port'],
    [['nowhere'], 'x'],
  ])('in %j for %s is absent', (group, unknown) => {
    expect(didYouMean(group, unknown)).toBeUndefined();
  });

  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('the distance of %j and %j is %d', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
  });
});
