import { describe, expect, it } from 'vitest';
import { AllowedScopes, firstRefusedScope, MAX_REQUESTED_SCOPES, requestedScope, splitWords } from './scope.js';

describe('splitWords', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['openid', ['openid']],
    ['  openid\tprofile \n email ', ['openid', 'profile', 'email']],
    ['b a b', ['b', 'a']],
  ])('%j gives %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});

describe('the scopes of a request', () => {
  const words = (n: number): string => Array.from({ length: n }, (_, i) => `s${i}`).join(' ');

  it('are limited', () => {
    expect(requestedScope(words(MAX_REQUESTED_SCOPES))).toHaveLength(MAX_REQUESTED_SCOPES);
    expect(() => requestedScope(words(MAX_REQUESTED_SCOPES + 1))).toThrow(
      expect.objectContaining({ code: 'invalid_scope', status: 400 }),
    );
  });

  it('count once, however often they are repeated', () => {
    expect(requestedScope('openid '.repeat(MAX_REQUESTED_SCOPES + 1))).toEqual(['openid']);
  });
});

describe('wildcard scopes', () => {
  it.each([
    ['photos', 'photos', true],
    ['photos', 'photos.read', false],
    ['photos.*', 'photos.read', true],
    ['photos.*', 'photos.read.all', true],
    ['photos.*', 'photos', false],
    ['photos.*', 'photos.', false],
    ['photos.*', 'photos.read.', false],
    ['photos.*', 'photos..all', false],
    ['photos.*', 'photosx.read', false],
    ['photos.*', 'Photos.read', false],
    ['photos.*', 'photos.*', true],
    ['mail.*.read', 'mail.inbox.read', true],
    ['mail.*.read', 'mail.inbox.write', false],
    ['mail.*.read', 'mail.read', false],
    ['mail.*.read', 'mail..read', false],
    ['mail.*.read', 'mail.inbox.sub.read', false],
    ['*.read', 'mail.read', true],
    ['*', 'anything', true],
    ['*', 'any.thing.at.all', true],
    ['*', '', false],
    ['', '', false],
    ['a*', 'ab', false],
    ['*', 'a\u0000b', false],
    ['*', 'a\u007f', false],
  ])('%j admits %j: %j', (pattern, wanted, admitted) => {
    expect(new AllowedScopes([pattern]).admits('wildcard', wanted)).toBe(admitted);
  });
});

describe('exact scopes', () => {
  it.each([
    ['photos.*', 'photos.*', true],
    ['photos.*', 'photos.read', false],
    ['photos', 'photos', true],
    ['photos', 'Photos', false],
  ])('%j admits %j: %j', (allowed, wanted, admitted) => {
    expect(new AllowedScopes([allowed]).admits('exact', wanted)).toBe(admitted);
  });
});

describe('firstRefusedScope', () => {
  it('names the first scope that no pattern admits', () => {
    expect(firstRefusedScope('wildcard', ['openid', 'photos.*'], ['openid', 'photos.a', 'admin', 'root'])).toBe(
      'admin',
    );
  });

  it('is undefined where everything is admitted, and where nothing is requested', () => {
    expect(firstRefusedScope('wildcard', ['openid'], ['openid'])).toBeUndefined();
    expect(firstRefusedScope('exact', [], [])).toBeUndefined();
  });
});
