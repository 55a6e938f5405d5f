import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../config/configuration.js';
import { ProofKey, type ProofAlgorithm, type ProofOptions } from '../../../../test/support/dpop-client.js';
import { DpopError, type DpopFault } from './dpop-error.js';
import { currentNonce } from './dpop-nonces.js';
import { ProofKeys } from './proof-keys.js';
import { type ProvenRequest, type VerifiedProof, verifyDpopProof } from './verify-dpop-proof.js';

const NOW = new Date(Date.UTC(2026, 5, 1, 12));
const SECONDS = NOW.getTime() / 1000;
const SECRET = 'a secret of the server, long enough';
const URL = 'https://id.example/oauth2/token';
const REQUEST: ProvenRequest = { method: 'POST', endpoint: 'token', arrivedAt: NOW };
const KEY = new ProofKey();
const OTHER = new ProofKey();
const RSA = new ProofKey('PS256');

function configuration(dpop: Partial<Configuration['oauth2']['dpop']> = {}): Configuration {
  return {
    oauth2: {
      dpop: {
        ...{ enabled: true, nonce: 'off', nonce_lifetime: 300, max_age: 60, clock_skew: 30, replay: 'marks' },
        signing_algs: ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512'],
        ...dpop,
      },
    },
    secrets: { system: [SECRET, 'an older secret of the server, long enough'] },
    urls: { self: { public: 'https://id.example/', issuer: 'https://issuer.example' } },
    webfinger: { oidc_discovery: { token_url: 'https://proxy.example/token' } },
  } as unknown as Configuration;
}

const proof = (options: ProofOptions = {}, key = KEY): string =>
  key.proof('POST', URL, { ...options, claims: { iat: SECONDS, ...options.claims } });

function verify(
  header: string,
  { config = configuration(), request = REQUEST }: { config?: Configuration; request?: ProvenRequest } = {},
): Promise<VerifiedProof> {
  const { signing_algs: algorithms } = config.oauth2.dpop;
  return verifyDpopProof(header, request, { configuration: config, algorithms, keys: new ProofKeys() });
}

async function faultOf(header: string, stand: Parameters<typeof verify>[1] = {}): Promise<DpopFault | undefined> {
  try {
    await verify(header, stand);
    return undefined;
  } catch (error) {
    if (error instanceof DpopError) return error.fault;
    throw error;
  }
}

describe('a right proof', () => {
  it('gives the thumbprint of its key, and what marks its use', async () => {
    const verified = await verify(proof({ claims: { jti: 'j-1' } }));
    expect(verified.thumbprint.toString('base64url')).toBe(KEY.jkt);
    expect(verified).toMatchObject({ jti: 'j-1', htu: URL, nonce: undefined });
    expect(verified.keepUntil).toEqual(new Date(NOW.getTime() + 86_400_000));
  });

  it.each<ProofAlgorithm>(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256'])(
    'may be signed with %s',
    async (alg) => {
      const key = new ProofKey(alg);
      expect((await verify(proof({}, key))).thumbprint.toString('base64url')).toBe(key.jkt);
    },
  );

  it.each<[string, ProofOptions]>([
    ['typ in upper case', { header: { typ: 'DPOP+JWT' } }],
    ['typ with application/', { header: { typ: 'application/dpop+jwt' } }],
    [
      'members of the key beside the public ones',
      { header: { jwk: { ...KEY.jwk, kid: 'k', use: 'sig', x5c: ['no'] } } },
    ],
    ['a kid, which means nothing', { header: { kid: 'k', jku: 'https://evil.example', x5u: 'https://evil.example' } }],
    ['the oldest iat', { claims: { iat: SECONDS - 60 } }],
    ['an iat ahead by the skew', { claims: { iat: SECONDS + 30 } }],
    ['a fraction of a second', { claims: { iat: SECONDS - 0.5 } }],
    ['an exp within the skew', { claims: { exp: SECONDS - 29 } }],
    ['an nbf within the skew', { claims: { nbf: SECONDS + 30 } }],
    ['a jti of 256 characters', { claims: { jti: 'j'.repeat(256) } }],
    ['a nonce that nobody asked for', { nonce: 'whatever' }],
    ['an ath that nobody asked for', { token: 'a token' }],
  ])('may have %s', async (_, options) => {
    expect(await faultOf(proof(options))).toBeUndefined();
  });

  it.each([
    'https://id.example/oauth2/token?query=1#fragment',
    'HTTPS://ID.Example:443/oauth2/token',
    'https://id.example/oauth2/%74oken',
    'https://id.example/x/../oauth2/token',
    'https://issuer.example/oauth2/token',
    'https://proxy.example/token',
  ])('may name the endpoint %s', async (htu) => {
    expect(await faultOf(proof({ claims: { htu } }))).toBeUndefined();
  });

  it('belongs to an access token by its digest', async () => {
    const request: ProvenRequest = { method: 'GET', endpoint: 'userinfo', arrivedAt: NOW, accessToken: 'the token' };
    const of = (token?: string): string =>
      KEY.proof('GET', 'https://id.example/userinfo', { token, claims: { iat: SECONDS } });
    expect(await faultOf(of('the token'), { request })).toBeUndefined();
    expect(await faultOf(of('another'), { request })).toBe('token');
    expect(await faultOf(of(), { request })).toBe('token');
  });
});

/** The last of 86 characters has four unused bits: the next character spells the same bytes. */
const spelledOtherwise = (last = ''): string => String.fromCharCode(last.charCodeAt(0) + 1);

/** One thing is wrong with each. */
describe('a proof is refused', () => {
  const [head = '', body = '', signature = ''] = proof().split('.');
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const longRsa = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(4096, 0xff).toString('base64url') };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each<[string, DpopFault, string]>([
    ['no JWT', 'shape', 'garbage'],
    ['empty', 'shape', ''],
    ['two parts', 'shape', `${head}.${body}`],
    ['four parts', 'shape', `${head}.${body}.${signature}.x`],
    ['empty parts', 'shape', '..'],
    ['two proofs, which Node joins', 'shape', `${proof()}, ${proof()}`],
    ['a comma at its end', 'shape', `${proof()},`],
    ['blanks around', 'shape', ` ${proof()} `],
    ['padding', 'shape', `${head}=.${body}.${signature}`],
    ['characters of plain base64', 'shape', `${head}.${body}.+/${signature.slice(2)}`],
    [
      'unused bits in the signature',
      'shape',
      `${head}.${body}.${signature.slice(0, -1)}${spelledOtherwise(signature.at(-1))}`,
    ],
    ['a header that is no JSON', 'shape', `AAAA.${body}.${signature}`],
    ['a payload that is a list', 'shape', KEY.sign({ typ: 'dpop+jwt', alg: 'ES256', jwk: KEY.jwk }, [])],
    [
      'a payload nested deeply',
      'shape',
      proof({ claims: { a: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown } }),
    ],
    ['more than 16 KiB', 'shape', proof({ claims: { pad: 'x'.repeat(16 * 1024) } })],
    ['crit', 'shape', proof({ header: { crit: ['b64'], b64: false } })],
    [
      'a member twice in the header',
      'shape',
      KEY.sign(
        Buffer.from(`{"typ":"dpop+jwt","alg":"none","alg":"ES256","jwk":${JSON.stringify(KEY.jwk)}}`).toString(
          'base64url',
        ),
        { jti: 'j', htm: 'POST', htu: URL, iat: SECONDS },
      ),
    ],
    [
      'a claim twice',
      'shape',
      KEY.sign(
        { typ: 'dpop+jwt', alg: 'ES256', jwk: KEY.jwk },
        Buffer.from(`{"jti":"j","htm":"GET","htm":"POST","htu":"${URL}","iat":${SECONDS}}`).toString('base64url'),
      ),
    ],
    ['typ JWT', 'type', proof({ header: { typ: 'JWT' } })],
    ['no typ', 'type', proof({ header: { typ: undefined } })],
    ['typ of an access token', 'type', proof({ header: { typ: 'at+jwt' } })],
    ['typ a number', 'type', proof({ header: { typ: 1 } })],
    ['alg none', 'algorithm', proof({ header: { alg: 'none' } })],
    ['alg none without signature', 'shape', `${part({ typ: 'dpop+jwt', alg: 'none', jwk: KEY.jwk })}.${body}.`],
    ['HS256', 'algorithm', proof({ header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } } })],
    ['an algorithm that is not allowed', 'algorithm', proof({}, new ProofKey('RS256'))],
    ['no alg', 'algorithm', proof({ header: { alg: undefined } })],
    ['alg in lower case', 'algorithm', proof({ header: { alg: 'es256' } })],
    ['a name of every object as alg', 'algorithm', proof({ header: { alg: 'constructor' } })],
    ['no jwk', 'key', proof({ header: { jwk: undefined } })],
    ['a jwk as text', 'key', proof({ header: { jwk: JSON.stringify(KEY.jwk) } })],
    ['the private key', 'key', proof({ header: { jwk: KEY.privateKey.export({ format: 'jwk' }) } })],
    ['a private member of RSA', 'key', proof({ header: { jwk: { ...KEY.jwk, dq: 'AA' } } })],
    ['a symmetric key', 'key', proof({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    ['a kty of every object', 'key', proof({ header: { jwk: { ...KEY.jwk, kty: '__proto__' } } })],
    ['a point off the curve', 'key', proof({ header: { jwk: { ...KEY.jwk, y: KEY.jwk.x } } })],
    [
      'an Edwards point of small order',
      'key',
      proof({
        header: {
          alg: 'EdDSA',
          jwk: {
            kty: 'OKP',
            crv: 'Ed25519',
            x: Buffer.concat([Buffer.of(1), Buffer.alloc(31)]).toString('base64url'),
          },
        },
      }),
    ],
    ['a weak RSA key', 'key', proof({ header: { alg: 'PS256', jwk: weak } })],
    ['an endless RSA key', 'key', proof({ header: { alg: 'PS256', jwk: longRsa } })],
    ['padding in the key', 'key', proof({ header: { jwk: { ...KEY.jwk, x: `${KEY.jwk.x ?? ''}=` } } })],
    ['a blank in the key', 'key', proof({ header: { jwk: { ...KEY.jwk, x: `${KEY.jwk.x ?? ''} ` } } })],
    ['an RSA exponent with a leading zero', 'key', proof({ header: { jwk: { ...RSA.jwk, e: 'AAEAAQ' } } }, RSA)],
    ['a member of the key that is a number', 'key', proof({ header: { jwk: { ...KEY.jwk, x: 1 } } })],
    ['the key of another', 'signature', proof({ header: { jwk: OTHER.jwk } })],
    ['another algorithm of the same key', 'signature', proof({ header: { alg: 'ES384' } })],
    ['a key of another type', 'signature', proof({ header: { jwk: new ProofKey('EdDSA').jwk } })],
    ['an altered signature', 'signature', `${head}.${body}.${signature.slice(0, -4)}AAAA`],
    ['a short signature', 'signature', `${head}.${body}.AAAA`],
    ['the signature of another proof', 'signature', `${head}.${body}.${proof().split('.')[2] ?? ''}`],
    ['no jti', 'jti', proof({ claims: { jti: undefined } })],
    ['an empty jti', 'jti', proof({ claims: { jti: '' } })],
    ['a jti that is a number', 'jti', proof({ claims: { jti: 7 } })],
    ['a long jti', 'jti', proof({ claims: { jti: 'j'.repeat(257) } })],
    ['no htm', 'method', proof({ claims: { htm: undefined } })],
    ['another method', 'method', proof({ claims: { htm: 'GET' } })],
    ['the method in lower case', 'method', proof({ claims: { htm: 'post' } })],
    ['no htu', 'address', proof({ claims: { htu: undefined } })],
    ['a relative htu', 'address', proof({ claims: { htu: '/oauth2/token' } })],
    ['another path', 'address', proof({ claims: { htu: 'https://id.example/oauth2/revoke' } })],
    ['a trailing slash', 'address', proof({ claims: { htu: `${URL}/` } })],
    ['another host', 'address', proof({ claims: { htu: 'https://evil.example/oauth2/token' } })],
    ['another port', 'address', proof({ claims: { htu: 'https://id.example:8443/oauth2/token' } })],
    ['http', 'address', proof({ claims: { htu: 'http://id.example/oauth2/token' } })],
    ['a user in the address', 'address', proof({ claims: { htu: 'https://id.example@evil.example/oauth2/token' } })],
    ['our user in our address', 'address', proof({ claims: { htu: 'https://user:word@id.example/oauth2/token' } })],
    ['the path in another case', 'address', proof({ claims: { htu: 'https://id.example/OAuth2/token' } })],
    ['an encoded slash', 'address', proof({ claims: { htu: 'https://id.example/oauth2%2Ftoken' } })],
    ['a tab, which parsers drop', 'address', proof({ claims: { htu: 'https://id.exa\tmple/oauth2/token' } })],
    ['a blank at the end', 'address', proof({ claims: { htu: `${URL} ` } })],
    ['a NUL', 'address', proof({ claims: { htu: `${URL}\0` } })],
    ['a backslash for a slash', 'address', proof({ claims: { htu: 'https://id.example\\oauth2\\token' } })],
    ['a third slash', 'address', proof({ claims: { htu: 'https:///id.example/oauth2/token' } })],
    ['an empty user', 'address', proof({ claims: { htu: 'https://@id.example/oauth2/token' } })],
    ['a host in letters that look alike', 'address', proof({ claims: { htu: 'https://ⅰd.example/oauth2/token' } })],
    ['an htu that is no text', 'address', proof({ claims: { htu: { toString: URL } } })],
    ['no iat', 'time', proof({ claims: { iat: undefined } })],
    ['iat as text', 'time', proof({ claims: { iat: String(SECONDS) } })],
    ['iat null', 'time', proof({ claims: { iat: null } })],
    ['too old', 'time', proof({ claims: { iat: SECONDS - 61 } })],
    ['too far ahead', 'time', proof({ claims: { iat: SECONDS + 31 } })],
    ['expired', 'time', proof({ claims: { exp: SECONDS - 30 } })],
    ['exp as text', 'time', proof({ claims: { exp: 'never' } })],
    ['not valid yet', 'time', proof({ claims: { nbf: SECONDS + 31 } })],
  ])('%s', async (_, fault, header) => {
    expect(await faultOf(header)).toBe(fault);
  });

  it('by the list of algorithms that is configured', async () => {
    const config = configuration({ signing_algs: ['RS256'] });
    expect(await faultOf(proof(), { config })).toBe('algorithm');
    expect(await faultOf(proof({}, new ProofKey('RS256')), { config })).toBeUndefined();
  });

  it('with an error that says what to change, and quotes nothing of it', async () => {
    const header = proof({ claims: { jti: 'a-secret-jti', htu: 'https://a-secret.example' } });
    const error = await verify(header).catch((refused: unknown) => refused as DpopError);
    expect(error).toMatchObject({ code: 'invalid_dpop_proof', status: 400 });
    expect((error as DpopError).message).toContain("'htu'");
    expect((error as DpopError).message).not.toContain('a-secret');
  });
});

describe('a nonce', () => {
  const rules = (now = NOW, lifetime = 300, secrets = [SECRET]) => ({ secrets, lifetime, now });
  const seconds = (offset: number): Date => new Date(NOW.getTime() + offset * 1000);
  const required = configuration({ nonce: 'required' });
  const optional = configuration({ nonce: 'optional' });
  const at = (nonce: string | undefined, claims: Record<string, unknown> = {}): string => proof({ nonce, claims });

  it('that is required and missing is offered by the error', async () => {
    const error = await verify(proof(), { config: required }).catch((refused: unknown) => refused as DpopError);
    expect(error).toMatchObject({ code: 'use_dpop_nonce', status: 400, fault: 'nonce' });
    const nonce = (error as DpopError).headers['DPoP-Nonce'];
    expect((await verify(at(nonce), { config: required })).nonce).toMatchObject({ isNewest: true });
  });

  it.each<[string, string | undefined, DpopFault | undefined, DpopFault | undefined]>([
    ['of this window', currentNonce(rules()), undefined, undefined],
    ['of the window before', currentNonce(rules(seconds(-150))), undefined, undefined],
    ['of the next window, by a clock that is ahead', currentNonce(rules(seconds(150))), undefined, undefined],
    [
      'under the older secret',
      currentNonce(rules(NOW, 300, ['an older secret of the server, long enough'])),
      undefined,
      undefined,
    ],
    ['that is absent', undefined, 'nonce', undefined],
    ['that is stale', currentNonce(rules(seconds(-300))), 'nonce', 'nonce'],
    ['far ahead', currentNonce(rules(seconds(300))), 'nonce', 'nonce'],
    ['of another lifetime', currentNonce(rules(NOW, 298)), 'nonce', 'nonce'],
    ['under another secret', currentNonce(rules(NOW, 300, ['not a secret of this server'])), 'nonce', 'nonce'],
    ['that is empty', '', 'nonce', 'nonce'],
    ['that is garbage', 'garbage', 'nonce', 'nonce'],
    ['with another character', `${currentNonce(rules()).slice(0, -1)}-`, 'nonce', 'nonce'],
    ['with padding', `${currentNonce(rules())}=`, 'nonce', 'nonce'],
  ])('%s', async (_, nonce, whenRequired, whenOptional) => {
    expect(await faultOf(at(nonce), { config: required })).toBe(whenRequired);
    expect(await faultOf(at(nonce), { config: optional })).toBe(whenOptional);
    expect(await faultOf(at(nonce))).toBeUndefined();
  });

  it('that is no text is refused', async () => {
    expect(await faultOf(proof({ claims: { nonce: 7 } }), { config: optional })).toBe('nonce');
  });

  it('replaces the lower bound of iat and nothing else', async () => {
    const nonce = currentNonce(rules());
    const slow = { iat: SECONDS - 86_400 * 365 };
    expect(await faultOf(at(nonce, slow), { config: required })).toBeUndefined();
    expect(await faultOf(at(nonce, slow), { config: optional })).toBeUndefined();
    expect(await faultOf(at(undefined, slow), { config: optional })).toBe('time');
    expect(await faultOf(at(nonce, { ...slow, exp: SECONDS - 100 }), { config: required })).toBe('time');
    expect(await faultOf(at(nonce, { iat: SECONDS + 100 }), { config: required })).toBe('time');
    expect(await faultOf(at(nonce, { iat: undefined }), { config: required })).toBe('time');
    expect(await faultOf(at(nonce, { ...slow, htm: 'GET' }), { config: required })).toBe('method');
  });

  it('of the window before is not the newest one', async () => {
    const verified = await verify(at(currentNonce(rules(seconds(-150)))), { config: required });
    expect(verified.nonce?.isNewest).toBe(false);
  });

  it('decides how long the proof is remembered, so that a wrong clock cannot choose a day', async () => {
    const verified = await verify(at(currentNonce(rules()), { iat: 5 }), { config: required });
    expect(verified.keepUntil.getTime()).toBeGreaterThan(NOW.getTime() + 86_400_000);
    expect(verified.keepUntil.getTime()).toBeLessThanOrEqual(NOW.getTime() + 86_400_000 + 300_000);
  });
});
