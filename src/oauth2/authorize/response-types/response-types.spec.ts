import { describe, expect, it } from 'vitest';
import type { Granted } from '../../../consent/granted.js';
import type { IssuedAuthorization } from '../../issuance/front-channel-tokens.js';
import {
  defaultResponseMode,
  isKnownResponseType,
  parseResponseType,
  RESPONSE_TYPES,
  responseTypesOf,
} from './index.js';

describe('parseResponseType', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['code', ['code']],
    ['token  id_token code', ['code', 'id_token', 'token']],
    ['code code', ['code']],
  ])('%j has the words %j', (text, words) => {
    expect(parseResponseType(text)).toEqual(words);
  });
});

describe('which response types are known', () => {
  it('is every one that is published', () => {
    expect(RESPONSE_TYPES.every((text) => isKnownResponseType(parseResponseType(text)))).toBe(true);
  });

  it.each([[[]], [['nope']], [['code', 'nope']], [['Code']]])('is not %j', (words) => {
    expect(isKnownResponseType(words)).toBe(false);
  });
});

describe('defaultResponseMode', () => {
  it.each([
    [['code'], 'query'],
    [['token'], 'fragment'],
    [['id_token'], 'fragment'],
    [['code', 'id_token'], 'fragment'],
    [['code', 'token'], 'fragment'],
    [['code', 'id_token', 'token'], 'fragment'],
    [[], 'query'],
    [['code', 'nope'], 'query'],
  ])('of %j is %s', (words, mode) => {
    expect(defaultResponseMode(words)).toBe(mode);
  });
});

describe('the parameters of an answer', () => {
  const granted = { grantedScope: ['openid', 'email'] } as Granted;
  const issued: IssuedAuthorization = {
    grantId: '0197e6a0-0000-7000-8000-000000000001',
    code: 'C',
    accessToken: { token: 'T', expiresIn: 3599.4 },
    idToken: 'I',
  };
  const answer = (words: string[], over: Partial<IssuedAuthorization> = {}) =>
    Object.assign(
      {},
      ...responseTypesOf(words).map((type) => type.parameters({ words, granted, issued: { ...issued, ...over } })),
    ) as Record<string, string>;
  const token = { access_token: 'T', expires_in: '3599', token_type: 'bearer', scope: 'openid email' };

  it.each([
    [['code'], { code: 'C', scope: 'openid email' }],
    [['token'], token],
    [['id_token'], { id_token: 'I' }],
    [['id_token', 'token'], { ...token, id_token: 'I' }],
    [['code', 'id_token'], { code: 'C', id_token: 'I' }],
    [['code', 'token'], { code: 'C', ...token }],
    [['code', 'id_token', 'token'], { code: 'C', ...token, id_token: 'I' }],
  ])('%j: %j', (words, parameters) => {
    expect(answer(words)).toEqual(parameters);
  });

  it('lack the ID token where none was issued', () => {
    expect(answer(['code', 'id_token'], { idToken: undefined })).toEqual({ code: 'C' });
  });

  it('name the granted scope even when it is empty', () => {
    const [code] = responseTypesOf(['code']);
    expect(code?.parameters({ words: ['code'], granted: { grantedScope: [] } as unknown as Granted, issued })).toEqual({
      code: 'C',
      scope: '',
    });
  });
});
