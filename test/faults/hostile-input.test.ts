/**
 * What a stranger may put into proofs, request objects, details and certificate headers, at a server that logs everything:
 * each request gets an answer below 500, and nothing long of what was sent or issued is in the log.
 * The seed is printed; HOSTILE_SEED repeats a run.
 */
import { randomInt, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { CompactEncrypt, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_ASSERTION_JWT } from '../../src/protocol/constants.js';
import { killAll, program, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { authority, certificate, type Certificate, inBase64 } from '../support/certificates.js';
import { ProofKey } from '../support/dpop-client.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { CALLBACK, RelyingParty } from '../support/relying-party.js';
import { ISSUER, testSettings } from '../support/server.js';

const SEED = Number(process.env.HOSTILE_SEED ?? randomInt(2 ** 31));
const RUNS = Number(process.env.HOSTILE_RUNS ?? 60);
/** A request without an answer after so long hangs. */
const HANGS_MS = 60_000;
/** Characters of a secret that a log line may not hold in a row. */
const LONG = 16;
const FORMATS = ['rfc9440', 'xfcc'] as const;

type Format = (typeof FORMATS)[number];
type Over = Record<string, unknown>;
type Make = (nonce: string, format: Format) => Hostile | Promise<Hostile>;

/** One request. Texts are in the form in which they are sent. */
interface Hostile {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** The form of a POST, the query of a GET. */
  form?: Record<string, string>;
}

/** Everything that was sent or received and must not be in a log, by its parts of {@link LONG} characters. */
class Hidden {
  private readonly parts = new Set<string>();

  add(text: string): string {
    for (const word of text.match(/[\w+/=-]{16,}/g) ?? []) {
      for (let i = 0; i + LONG <= word.length; i++) this.parts.add(word.slice(i, i + LONG));
    }
    return text;
  }

  /** What of it is in the log, with its line. A repeated character is no secret. */
  foundIn(log: string): string[] {
    return log.split('\n').flatMap((line) => {
      for (let i = 0; i + LONG <= line.length; i++) {
        const part = line.slice(i, i + LONG);
        if (this.parts.has(part) && new Set(part).size > 5) return [`${part}: ${line.slice(0, 1_500)}`];
      }
      return [];
    });
  }
}

const hidden = new Hidden();
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A text that is recognised in the log. */
const marker = fc
  .uint8Array({ minLength: 24, maxLength: 24 })
  .map((bytes) => hidden.add(Buffer.from(bytes).toString('base64url')));
const wild: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: marker },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 1e308, '', [], {}, 'x'.repeat(9_000), JSON.parse(`${'['.repeat(90)}${']'.repeat(90)}`)),
);
/** Members in place of the good ones. */
const over = (...names: string[]): fc.Arbitrary<Over> =>
  fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, marker), wild, { maxKeys: 2 });

const asIs = (text: string): string => text;
/** A change of a text: none, a cut, something put in, or the text twice. */
const change: fc.Arbitrary<(text: string) => string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(asIs) },
  fc
    .record({ at: fc.double({ min: 0, max: 1, noNaN: true }), put: fc.string({ maxLength: 9 }), cut: fc.nat(40) })
    .map(({ at, put, cut }) => (text: string) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + put + text.slice(from + cut);
    }),
  fc.constantFrom(',', '.', ';', ':', '').map((between) => (text: string) => text + between + text),
);
const inHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').trim();

describe('input of strangers', () => {
  const folder = new Folder();
  const servers = new Map<Format, { public: string; process: Running; nonce: string }>();
  const key = new ProofKey();
  let database: TestDatabase;
  let party: RelyingParty;
  let signer: RelyingParty;
  let tls: RelyingParty;
  let token: string;
  let sealing: JWK;
  let ca: Certificate;
  let own: Certificate;

  beforeAll(async () => {
    process.stdout.write(`Hostile input: HOSTILE_SEED=${String(SEED)}\n`);
    await program();
    database = await freshDatabase();
    ca = await authority();
    own = await certificate({ by: ca });
    for (const format of FORMATS) await start(format);
    const grants = { grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] };
    const at = { public: servers.get('xfcc')!.public, admin: admins.get('xfcc')!, stop: () => Promise.resolve() };
    party = await RelyingParty.register(at, grants);
    hidden.add(party.secret);
    const jwks = { keys: [{ ...key.jwk, kid: 'client', alg: 'ES256', use: 'sig' }] };
    const method = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' };
    signer = await RelyingParty.register(at, { ...grants, ...method, jwks });
    tls = await RelyingParty.register(at, {
      ...{ ...grants, token_endpoint_auth_method: 'tls_client_auth' },
      tls_client_auth_subject_dn: 'CN=client,O=Acme,C=CH',
    });
    token = await boundToken();
    const { keys } = (await (await fetch(`${at.public}/.well-known/jwks.json`)).json()) as { keys: JWK[] };
    sealing = keys.find(({ use, kty }) => use === 'enc' && kty === 'EC') ?? expect.fail('There is no key.');
  });
  afterAll(async () => {
    await killAll();
    await database.drop();
    folder.remove();
  });

  /** One server needs no nonce, the other gives one with its refusal. */
  async function boundToken(): Promise<string> {
    const form = { grant_type: 'authorization_code', code: await party.code(), redirect_uri: CALLBACK };
    const answers: Record<string, unknown>[] = [];
    for (const format of ['xfcc', 'rfc9440'] as const) {
      const server = servers.get(format)!;
      const headers = { ...party.credentials, dpop: key.proof('POST', `${ISSUER}/oauth2/token`) };
      const body = new URLSearchParams(form);
      const response = await fetch(`${server.public}/oauth2/token`, { method: 'POST', headers, body });
      server.nonce = hidden.add(response.headers.get('dpop-nonce') ?? '');
      answers.push((await response.json()) as Record<string, unknown>);
    }
    expect(answers).toMatchObject([{ error: 'use_dpop_nonce' }, { token_type: 'DPoP' }]);
    hidden.add(String(answers[1]?.refresh_token));
    return hidden.add(String(answers[1]?.access_token));
  }

  const admins = new Map<Format, string>();
  async function start(format: Format): Promise<void> {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const host = '127.0.0.1';
    const all = {
      ...testSettings(database.dsn, {
        oauth2: {
          dpop: { enabled: true, nonce: format === 'xfcc' ? 'required' : 'off' },
          mtls: {
            ...{ enabled: true, certificate_authorities: [inBase64(ca)] },
            proxy: { header: 'client-cert', format, ...(format === 'xfcc' ? {} : { chain_header: 'client-chain' }) },
          },
          pushed_authorization_requests: { enabled: true },
          encryption: { enabled: true },
          jarm: { enabled: true },
          authorization_details: { types: [{ type: 'payment' }] },
        },
        oidc: { claims_parameter: { enabled: true } },
        ttl: { pushed_authorization_request: '9m' },
      }),
      serve: { public: { host, port: onPublic, trusted_proxies: [`${host}/32`] }, admin: { host, port: onAdmin } },
      log: { level: 'trace' },
    };
    const file = folder.write(`${format}.json`, JSON.stringify(all));
    const child = new Running(['serve', 'all', '--dev', '-c', file], {});
    for (const name of ['public', 'admin']) await child.says(`The ${name} listener is open on`);
    servers.set(format, { public: `http://${host}:${String(onPublic)}`, process: child, nonce: '' });
    admins.set(format, `http://${host}:${String(onAdmin)}`);
  }

  /** Sends it to both servers, which must do what it asks, or just answer. What they issue is secret as well. */
  async function send(make: Make, isRight: boolean): Promise<void> {
    for (const [format, server] of servers) {
      const hostile = await make(server.nonce, format);
      const { status, headers, body } = await ask(server.public, hostile);
      const isRefused = headers.get('location')?.includes('error=') === true;
      const what = `${JSON.stringify(hostile)}: ${String(status)} ${body}`;
      expect(status, what).toBeLessThan(isRight ? 400 : 500);
      if (isRight) expect(isRefused, what).toBe(false);
      const nonce = headers.get('dpop-nonce');
      if (nonce !== null) server.nonce = hidden.add(nonce);
      for (const [, value = ''] of body.matchAll(/"(?:access_token|refresh_token|request_uri)": ?"([^"]+)"/g)) {
        hidden.add(value.replace(/^urn:.*:/, ''));
      }
    }
  }

  const authorization = (): Record<string, string> => ({
    ...{ client_id: party.clientId, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' },
    state: 'a-long-state',
  });
  /** The parameters with the client's secret at the push, and in the address of a browser. */
  const requests = (form: Record<string, string>): Hostile[] => [
    { method: 'POST', path: '/oauth2/par', headers: party.credentials, form: { ...authorization(), ...form } },
    { method: 'GET', path: '/oauth2/auth', form: { ...authorization(), ...form } },
  ];
  const signed = (header: Over, claims: Over): string =>
    key.sign({ alg: 'ES256', kid: 'client', typ: 'oauth-authz-req+jwt', ...header }, claims);
  const objectClaims = (claims: Over): Over => ({
    ...{ ...authorization(), client_id: signer.clientId, iss: signer.clientId, aud: ISSUER },
    ...{ exp: Math.floor(Date.now() / 1000) + 300, ...claims },
  });
  /** Each push has an assertion of its own. */
  const objects = (request: string): Make[] => {
    const form = { client_id: signer.clientId, response_type: 'code', scope: 'openid', request };
    return [
      () => ({ method: 'GET', path: '/oauth2/auth', form }),
      () => {
        const assertion = hidden.add(signed({ typ: undefined }, assertionClaims({})));
        const proof = { client_assertion_type: CLIENT_ASSERTION_JWT, client_assertion: assertion };
        return { method: 'POST', path: '/oauth2/par', form: { ...form, ...proof } };
      },
    ];
  };
  const assertionClaims = (claims: Over): Over => ({
    ...{ iss: signer.clientId, sub: signer.clientId, aud: ISSUER, jti: hidden.add(randomUUID().replaceAll('-', '')) },
    ...{ exp: Math.floor(Date.now() / 1000) + 60, ...claims },
  });
  const jwtHeader = over('typ', 'alg', 'jwk', 'crit', 'kid', 'b64', 'zip', 'x5c', 'jku');

  interface Case {
    property: fc.IAsyncPropertyWithHooks<[Over]>;
    /** Sends what is right; every answer must be a success. */
    right: () => Promise<void>;
  }
  /** @param good the parts of requests that succeed: the server reads all of them */
  function property<T extends Over>(
    parts: { [K in keyof T]: fc.Arbitrary<T[K]> },
    good: NoInfer<T>,
    run: (value: T, answered: (make: Make) => Promise<void>) => Promise<void>,
  ): Case {
    const arbitrary = fc.record(parts) as unknown as fc.Arbitrary<Over>;
    return {
      property: fc.asyncProperty(arbitrary, (value) => run(value as T, (make) => send(make, false))),
      right: () => run(good, (make) => send(make, true)),
    };
  }

  const CASES: Record<string, Case> = {
    proofs: property(
      { header: jwtHeader, claims: over('jti', 'htm', 'htu', 'iat', 'ath', 'nonce', 'exp'), change },
      { header: {}, claims: {}, change: asIs },
      async ({ header, claims, change }, answered) => {
        for (const [method, path] of [
          ['POST', '/oauth2/token'],
          ['POST', '/oauth2/par'],
          ['GET', '/userinfo'],
        ] as const) {
          await answered((nonce) => {
            const whole = { token: method === 'GET' ? token : undefined, nonce: nonce || undefined, claims, header };
            const dpop = hidden.add(inHeader(change(key.proof(method, ISSUER + path, whole))));
            const form = method === 'GET' ? {} : { ...authorization(), grant_type: 'client_credentials' };
            const by = method === 'GET' ? { authorization: `DPoP ${token}` } : party.credentials;
            return { method, path, headers: { ...by, dpop }, form };
          });
        }
      },
    ),
    assertions: property(
      { header: jwtHeader, claims: over('iss', 'sub', 'aud', 'jti', 'exp', 'nbf', 'iat'), change },
      { header: {}, claims: {}, change: asIs },
      ({ header, claims, change }, answered) =>
        answered(() => {
          const assertion = change(signed({ typ: undefined, ...header }, assertionClaims(claims)));
          const proof = { client_assertion_type: CLIENT_ASSERTION_JWT, client_assertion: hidden.add(assertion) };
          return { method: 'POST', path: '/oauth2/token', form: { grant_type: 'client_credentials', ...proof } };
        }),
    ),
    'request objects': property(
      { header: jwtHeader, claims: over('iss', 'aud', 'exp', 'claims', 'authorization_details', 'scope'), change },
      { header: {}, claims: {}, change: asIs },
      async ({ header, claims, change }, answered) => {
        const request = hidden.add(change(signed(header, objectClaims(claims))));
        for (const one of objects(request)) await answered(one);
      },
    ),
    'encrypted request objects': property(
      { header: over('alg', 'enc', 'kid', 'cty', 'zip', 'p2c', 'epk', 'crit'), claims: over('iss', 'aud'), change },
      { header: {}, claims: {}, change: asIs },
      async ({ header, claims, change }, answered) => {
        const inner = Buffer.from(change(signed({}, objectClaims(claims))));
        const head = { alg: 'ECDH-ES', enc: 'A256GCM', kid: sealing.kid, cty: 'JWT' };
        const jwe = await new CompactEncrypt(inner).setProtectedHeader(head).encrypt({ ...sealing, kid: undefined });
        const [first = '', ...others] = jwe.split('.');
        const decoded = JSON.parse(Buffer.from(first, 'base64url').toString()) as Over;
        const sent = Object.keys(header).length ? [encoded({ ...decoded, ...header }), ...others].join('.') : jwe;
        hidden.add(inner.toString());
        for (const one of objects(hidden.add(change(sent)))) await answered(one);
      },
    ),
    authorization_details: property(
      {
        members: over('type', 'locations', 'actions', 'datatypes', 'identifier', 'privileges'),
        second: over('type', 'x'),
        change,
      },
      { members: { identifier: 'an-account' }, second: { type: 'payment' }, change: asIs },
      async ({ members, second, change }, answered) => {
        const details = change(JSON.stringify([{ type: 'payment', ...members }, second]));
        for (const one of requests({ authorization_details: details })) await answered(() => one);
        const form = { grant_type: 'client_credentials', authorization_details: details };
        await answered(() => ({ method: 'POST', path: '/oauth2/token', headers: party.credentials, form }));
      },
    ),
    claims: property(
      { all: over('userinfo', 'id_token'), some: over('name', 'acr', 'sub', 'auth_time'), one: wild, change },
      { all: {}, some: {}, one: '1', change: asIs },
      async ({ all, some, one, change }, answered) => {
        const acr = { essential: true, value: one, values: [one] };
        const claims = change(JSON.stringify({ userinfo: some, id_token: { ...some, acr }, ...all }));
        for (const sent of requests({ claims })) await answered(() => sent);
      },
    ),
    'certificate headers': property(
      { bytes: fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 3 }), change, text: marker },
      { bytes: [], change: asIs, text: 'x' },
      ({ bytes, change, text }, answered) =>
        answered((_, format) => {
          const der = Buffer.from(own.der);
          for (const [at, byte] of bytes) der[at % der.length] = byte;
          const body = hidden.add(der.toString('base64'));
          const pem = encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`);
          const chain = pem + encodeURIComponent(ca.cert);
          const value = format === 'xfcc' ? `By=${text};Hash=${text};Cert="${pem}";Chain="${chain}"` : `:${body}:`;
          const headers = {
            'client-cert': inHeader(change(value)),
            'client-chain': inHeader(change(`:${ca.der.toString('base64')}:`)),
          };
          const form = { grant_type: 'client_credentials', client_id: tls.clientId };
          return { method: 'POST', path: '/oauth2/token', headers, form };
        }),
    ),
  };

  it.each(Object.entries(CASES))('in %s is answered', async (_, { property, right }) => {
    await right();
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  });

  it('is not in the log, which has a line for each request', async () => {
    for (const { process: server } of servers.values()) {
      server.signal('SIGTERM');
      const { code, stdout, stderr } = await server.ended;
      expect(code, stderr.slice(-2_000)).toBe(0);
      expect(stdout.split('\n').length).toBeGreaterThan(RUNS);
      expect(hidden.foundIn(stdout + stderr)).toEqual([]);
      expect(hidden.foundIn(`${stdout} it gave ${token}.`)).toHaveLength(1);
    }
  });
});

async function ask(base: string, { method, path, headers, form = {} }: Hostile) {
  const text = new URLSearchParams(form).toString();
  const isPost = method === 'POST';
  const response = await fetch(base + path + (isPost || !text ? '' : `?${text}`), {
    ...{ method, redirect: 'manual', signal: AbortSignal.timeout(HANGS_MS) },
    headers: { ...headers, ...(isPost && { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(isPost && { body: text }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
