import { describe, expect, it } from 'vitest';
import type { Granted } from '../../../consent/consents/granted.js';
import { parseResponseType } from '../../../protocol/response-type.js';
import type { IssuedAuthorization } from '../../issuance/front-channel-tokens.js';
import { defaultResponseMode, isKnownResponseType, RESPONSE_TYPES, responseTypesOf } from './index.js';

describe('a known response type', () => {
  it('is each one that is published', () => {
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

describe('the parameters of a response', () => {
  const granted = { grantedScope: ['openid', 'email'] } as Granted;
  const issued: IssuedAuthorization = {
    grantId: '0197e6a0-0000-7000-8000-000000000001',
    code: 'C',
    accessToken: { token: 'T', expiresIn: 3599.4, scope: ['openid', 'email'] },
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

  it('contain no ID token if none was issued', () => {
    expect(answer(['code', 'id_token'], { idToken: undefined })).toEqual({ code: 'C' });
  });

  it('contain the granted scope even if it is empty', () => {
    const [code] = responseTypesOf(['code']);
    expect(code?.parameters({ words: ['code'], granted: { grantedScope: [] } as unknown as Granted, issued })).toEqual({
      code: 'C',
      scope: '',
    });
  });
});
