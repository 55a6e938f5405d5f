import { describe, expect, it } from 'vitest';
import { firstRefusedAudience, MAX_REQUESTED_AUDIENCES, parseAudience, requestedAudience } from './audience.js';

describe('parseAudience', () => {
  it.each([
    [[], []],
    [[''], []],
    [['https://a'], ['https://a']],
    [['https://a https://b'], ['https://a', 'https://b']],
    [
      ['https://a', 'https://b'],
      ['https://a', 'https://b'],
    ],
    [
      ['https://a https://b', 'https://a'],
      ['https://a', 'https://b'],
    ],
  ])('%j gives %j', (values, audience) => {
    expect(parseAudience(values)).toEqual(audience);
  });
});

describe('the audiences of a request', () => {
  it('are limited, in one parameter and in several', () => {
    const many = Array.from({ length: MAX_REQUESTED_AUDIENCES + 1 }, (_, i) => `a${i}`);
    expect(requestedAudience(many.slice(1))).toHaveLength(MAX_REQUESTED_AUDIENCES);
    const refused = expect.objectContaining({ code: 'invalid_request', status: 400 }) as unknown;
    expect(() => requestedAudience(many)).toThrow(refused);
    expect(() => requestedAudience([many.join(' ')])).toThrow(refused);
  });
});

describe('an audience permits itself and the paths below it', () => {
  it.each([
    ['https://api.example/x', 'https://api.example/x', true],
    ['https://api.example/x', 'https://api.example/x/', true],
    ['https://api.example/x/', 'https://api.example/x', true],
    ['https://api.example/x', 'https://api.example/x/y', true],
    ['https://api.example/x/', 'https://api.example/x/y', true],
    ['https://api.example/x', 'https://api.example/xy', false],
    ['https://api.example/x', 'https://api.example/', false],
    ['https://api.example/x', 'https://api.example', false],
    ['https://api.example/x', 'http://api.example/x', false],
    ['https://api.example/x', 'https://api.example:8443/x', false],
    ['https://api.example/x', 'https://other.example/x', false],
    ['https://api.example/x', 'https://api.example.evil.example/x', false],
    ['https://api.example/x', 'https://api.example/x/../y', false],
    ['https://api.example/x', 'https://api.example/x/%2e%2e/y', false],
    ['https://api.example', 'https://api.example/anything', true],
    ['https://api.example/', 'https://api.example', true],
    ['https://api.example', 'https://[', false],
    ['my-api', 'my-api', true],
    ['my-api', 'my-api/orders', true],
    ['my-api', 'my-apis', false],
    ['my-api', 'my-api/../other', false],
    ['my-api', 'other', false],
    ['my-api', 'my-api/\u0000', false],
    ['urn:example:api', 'urn:example:api', true],
    ['urn:example:api', 'urn:example', false],
  ])('%s permits %s: %s', (registered, wanted, permitted) => {
    expect(firstRefusedAudience([registered], [wanted])).toBe(permitted ? undefined : wanted);
  });

  it('names the first one refused', () => {
    expect(firstRefusedAudience(['a', 'b'], ['a', 'c', 'd'])).toBe('c');
    expect(firstRefusedAudience([], [])).toBeUndefined();
  });
});
