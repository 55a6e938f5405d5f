import { describe, expect, it } from 'vitest';
import { isPreferredTo, preferred } from './accept.js';

describe('the preferred media type', () => {
  it.each([
    [undefined, 'text/html'],
    ['*/*', 'text/html'],
    ['', 'text/html'],
    ['image/png', 'text/html'],
    ['application/json', 'application/json'],
    ['APPLICATION/JSON;charset=utf-8', 'application/json'],
    ['text/html;q=0.5, application/json', 'application/json'],
    ['application/json;q=0.1, */*;q=0.5', 'text/html'],
    ['text/*;q=0, application/json;q=0.2', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/json, text/html', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html;q=nonsense, text/plain;q=0.1', 'text/plain'],
  ])('of %j is %s', (accept, type) => {
    expect(preferred(accept, ['text/html', 'text/plain', 'application/json'])).toBe(type);
  });
});

describe('isPreferredTo', () => {
  const isPreferred = (accept?: string) => isPreferredTo('application/json', 'application/x+jwt', accept);

  it.each([
    'application/x+jwt',
    'Application/X+JWT',
    'application/x+jwt, */*;q=0.9',
    'application/json;q=0.5, application/x+jwt;q=0.6',
    'text/html, application/x+jwt',
    'application/json;q=0, */*',
  ])('is true for %s', (accept) => {
    expect(isPreferred(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'text/html',
    'application/x+jwt, application/json',
    'application/x+jwt, */*',
    'application/x+jwt;q=0.4, application/json;q=0.5',
    'application/x+jwt;q=0',
    'application/x+jwt;q=2',
    'application/x+jwt;q=-1',
    'application/x+jwt;q=much',
    ',;,q=',
  ])('is false for %s', (accept) => {
    expect(isPreferred(accept)).toBe(false);
  });
});
