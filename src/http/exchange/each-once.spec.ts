import { describe, expect, it } from 'vitest';
import { eachOnce } from './each-once.js';
import { FormParams } from './form-params.js';

const twice = (name: string): unknown =>
  expect.objectContaining({
    ...{ code: 'invalid_request', status: 400 },
    message: expect.stringContaining(`'${name}'`) as unknown,
  });

describe('a repeated parameter', () => {
  it.each(['scope', 'client_id', 'anything', ''])('is refused (%j), also with the same value', (name) => {
    expect(() => eachOnce(FormParams.parse(`a=1&${name}=x&${name}=x`))).toThrow(twice(name));
  });

  it('is refused where it is empty: nobody can tell which was meant', () => {
    expect(() => eachOnce(FormParams.parse('scope=&scope=openid'))).toThrow(twice('scope'));
  });

  it('is taken where each of its values counts (RFC 8707 §2)', () => {
    const parameters = FormParams.parse('audience=a&audience=b&resource=c&resource=d');
    expect(eachOnce(parameters)).toBe(parameters);
  });

  it('can be checked for some names only', () => {
    const parameters = FormParams.parse('state=a&state=b');
    expect(eachOnce(parameters, ['client_id'])).toBe(parameters);
    expect(() => eachOnce(FormParams.parse('b&a&a'), ['a', 'b'])).toThrow(twice('a'));
  });
});
