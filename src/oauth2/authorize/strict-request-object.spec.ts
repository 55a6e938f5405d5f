import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../clients/client.entity.js';
import type { ClientMetadata } from '../../clients/client-metadata.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { FormParams } from '../../http/exchange/form-params.js';
import {
  judgeAlgorithm,
  judgeForm,
  judgeResponseType,
  judgeStrictly,
  mustSign,
  parametersOf,
} from './strict-request-object.js';

const ISSUER = 'https://id.example/';
const NOW = new Date('2030-01-01T00:00:00Z');
const invalid = expect.objectContaining({ code: 'invalid_request_object' }) as unknown;
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const client = (metadata: Partial<ClientMetadata> = {}): RegisteredClient =>
  new RegisteredClient({
    clientId: 'shop',
    rotatedSecretHashes: [],
    metadata: { scope: '', ...metadata },
  } as unknown as ClientEntity);
const configuration = (request_objects: Partial<Configuration['oauth2']['request_objects']> = {}): Configuration =>
  ({ oauth2: { request_objects: { require_signed: false, ...request_objects } } }) as unknown as Configuration;
const form = (sent: Record<string, string>): FormParams => new FormParams(Object.entries(sent));

describe('a signed request object is demanded', () => {
  it('by the client or by the server', () => {
    expect(mustSign(client(), configuration())).toBe(false);
    expect(mustSign(client({ require_signed_request_object: false }), configuration())).toBe(false);
    expect(mustSign(client({ require_signed_request_object: true }), configuration())).toBe(true);
    expect(mustSign(client(), configuration({ require_signed: true }))).toBe(true);
  });
});

describe('the algorithm of a strict request object', () => {
  it.each([
    ['ES256', undefined, undefined],
    ['EdDSA', undefined, undefined],
    ['ES256', 'ES256', undefined],
    ['RS256', 'RS256', ['ES256']],
    ['ES256', undefined, ['PS256', 'ES256']],
  ])('%s is allowed to a client with %s, on a server with %j', (alg, registered, signing_algs) => {
    const of = client({ request_object_signing_alg: registered });
    expect(() => {
      judgeAlgorithm(alg, of, configuration({ signing_algs }));
    }).not.toThrow();
  });

  it.each([
    ['none', undefined, undefined],
    ['none', 'none', undefined],
    ['HS256', undefined, undefined],
    ['HS256', 'HS256-or-so', undefined],
    ['RS256', 'ES256', undefined],
    ['RS256', undefined, ['ES256']],
    ['ES256', 'none', undefined],
    ['es256', undefined, undefined],
    ['', undefined, undefined],
  ])('%s is refused to a client with %s, on a server with %j', (alg, registered, signing_algs) => {
    const of = client({ request_object_signing_alg: registered });
    expect(() => {
      judgeAlgorithm(alg, of, configuration({ signing_algs }));
    }).toThrow(invalid);
  });
});

describe('the algorithm of a client under FAPI 2.0', () => {
  it.each([
    ['ES256', undefined, undefined, true],
    ['PS256', 'PS256', undefined, true],
    ['EdDSA', undefined, ['RS256', 'EdDSA'], true],
    ['RS256', undefined, undefined, false],
    ['RS256', 'RS256', undefined, false],
    ['ES384', undefined, undefined, false],
    ['ES256', undefined, ['EdDSA'], false],
    ['none', undefined, undefined, false],
  ])('%s, registered %s, on a server with %j: %s', (alg, registered, signing_algs, isAllowed) => {
    const of = client({ security_profile: 'fapi-2.0', request_object_signing_alg: registered });
    const judge = expect(() => {
      judgeAlgorithm(alg, of, configuration({ signing_algs }));
    });
    if (isAllowed) judge.not.toThrow();
    else judge.toThrow(invalid);
  });

  it('is demanded with message signing', () => {
    expect(mustSign(client({ security_profile: 'fapi-2.0' }), configuration())).toBe(false);
    expect(mustSign(client({ security_profile: 'fapi-2.0-message-signing' }), configuration())).toBe(true);
  });
});

describe('the claims of a request object under FAPI 2.0 Message Signing', () => {
  const at = NOW.getTime() / 1000;
  const good = { client_id: 'shop', aud: ISSUER, nbf: at, exp: at + 300 };
  const judge = (over: object) => () => {
    judgeStrictly({ ...good, ...over }, { clientId: 'shop', issuer: ISSUER, now: NOW, signsMessages: true });
  };

  it.each([
    {},
    { nbf: at + 8 },
    { nbf: at - 3_599, exp: at + 1 },
    { exp: at + 3_600 },
    { aud: ['https://other.example', ISSUER] },
  ])('with %j are accepted', (over) => {
    expect(judge(over)).not.toThrow();
  });

  it.each([
    { exp: undefined },
    { nbf: undefined },
    { aud: undefined },
    { aud: null },
    { aud: 'https://other.example' },
    { aud: [] },
    { exp: at },
    { exp: at + 3_601 },
    { exp: String(at + 300) },
    { nbf: at + 11 },
    { nbf: at - 3_601 },
    { nbf: at - 3_601, exp: at + 1 },
    { nbf: at - 60, exp: at + 3_541 },
    { nbf: null },
  ])('with %j are refused', (over) => {
    expect(judge(over)).toThrow(invalid);
  });
});

describe('the form of a strict request object', () => {
  const jwt = (typ: unknown, length = 1): string => `${b64({ alg: 'ES256', typ })}.${'x'.repeat(length)}.x`;

  it.each([undefined, 'JWT', 'jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'])('may be %s', (typ) => {
    expect(() => {
      judgeForm(jwt(typ));
    }).not.toThrow();
  });

  it.each(['at+jwt', 'client-authentication+jwt', 'JOSE', 'oauth-authz-req', '', 1, null, ['JWT']])(
    'is not %j',
    (typ) => {
      expect(() => {
        judgeForm(jwt(typ));
      }).toThrow(invalid);
    },
  );

  it('is no longer than 16 KiB', () => {
    const room = 16_384 - jwt('JWT', 0).length;
    expect(() => {
      judgeForm(jwt('JWT', room));
    }).not.toThrow();
    expect(() => {
      judgeForm(jwt('JWT', room + 1));
    }).toThrow(invalid);
  });
});

describe('the claims of a strict request object', () => {
  const good = { client_id: 'shop', aud: ISSUER, jti: 'j' };
  const judge = (over: object) => () => {
    judgeStrictly({ ...good, ...over }, { clientId: 'shop', issuer: ISSUER, now: NOW, signsMessages: false });
  };

  it.each([
    {},
    { aud: undefined },
    { aud: ['https://other.example', ISSUER] },
    { jti: undefined },
    { jti: 'j'.repeat(256) },
  ])('with %j are accepted', (over) => {
    expect(judge(over)).not.toThrow();
  });

  it.each([
    { client_id: undefined },
    { client_id: 'other' },
    { client_id: ['shop'] },
    { aud: 'https://other.example' },
    { aud: 'https://id.example' },
    { aud: 'https://id.example/oauth2/auth' },
    { aud: [] },
    { aud: { [ISSUER]: true } },
    { jti: 1 },
    { jti: 'j'.repeat(257) },
  ])('with %j are refused', (over) => {
    expect(judge(over)).toThrow(invalid);
  });

  it('are the whole request, without those of the JWT itself', () => {
    const claims = { ...good, iss: 'shop', exp: 1, state: 's', scope: 'openid', max_age: 5 };
    expect(Object.fromEntries(parametersOf(claims).entries())).toEqual({
      ...{ client_id: 'shop', state: 's', scope: 'openid', max_age: '5' },
    });
  });
});

describe('a response type beside a strict request object', () => {
  const judge = (beside: Record<string, string>, inside: Record<string, string>) => () => {
    judgeResponseType(form(beside), form(inside));
  };

  it.each([
    [{}, { response_type: 'code', scope: 'openid' }],
    [{ response_type: 'code' }, { scope: 'openid' }],
    [{ response_type: 'token code' }, { response_type: 'code token', scope: 'openid' }],
    [{ response_type: 'token' }, { response_type: 'code', scope: 'photos' }],
  ])('%j and %j are no contradiction', (beside, inside) => {
    expect(judge(beside as Record<string, string>, inside)).not.toThrow();
  });

  it('must be the same in a request of OpenID Connect', () => {
    expect(judge({ response_type: 'token' }, { response_type: 'code', scope: 'openid' })).toThrow(invalid);
  });
});
