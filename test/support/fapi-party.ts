/** A client under FAPI 2.0: it signs assertions, request objects and DPoP proofs, pushes, and redeems what it gets. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { CookieBrowser, type End } from './cookie-browser.js';
import { type Answer, send } from './send.js';
import { ISSUER, type TestServer } from './server.js';

export const FAPI_CALLBACK = 'https://app.example/cb';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A key pair; the public part as it is registered. */
export interface PartyKey {
  alg: string;
  privateKey: Key;
  jwk: JWK;
}

export async function partyKey(alg = 'ES256', kid?: string): Promise<PartyKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return {
    alg,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid, alg, use: 'sig' }) },
  };
}

/** Claims or header members in place of the good ones; undefined leaves one out. */
type Over = Record<string, unknown>;

/** What a token request, or a push, sends in place of the usual. Without a proof `proofKey` is null. */
interface Sending {
  assertion?: Over;
  key?: PartyKey;
  proofKey?: PartyKey | null;
  proof?: Over;
  form?: Record<string, string | undefined>;
}

export const epoch = (): number => Math.floor(Date.now() / 1000);

export class FapiParty {
  private constructor(
    readonly server: TestServer,
    readonly clientId: string,
    readonly key: PartyKey,
    readonly proofKey: PartyKey,
  ) {}

  /** The document of a client that conforms. */
  static document(key: PartyKey, over: Over = {}): Over {
    return {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      redirect_uris: [FAPI_CALLBACK],
      scope: 'openid offline_access photos',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: key.alg,
      jwks: { keys: [key.jwk] },
      dpop_bound_access_tokens: true,
      security_profile: 'fapi-2.0',
      ...over,
    };
  }

  static async register(server: TestServer, over: Over = {}, alg = 'ES256'): Promise<FapiParty> {
    const [key, proofKey] = await Promise.all([partyKey(alg, 'client'), partyKey()]);
    const { status, json, text } = await send('POST', `${server.admin}/admin/clients`, {
      body: JSON.stringify(FapiParty.document(key, over)),
    });
    if (status !== 201) throw new Error(`The client was not registered: ${text}`);
    return new FapiParty(server, json.client_id as string, key, proofKey);
  }

  /** The same client at another server on the same database. */
  at(server: TestServer): FapiParty {
    return new FapiParty(server, this.clientId, this.key, this.proofKey);
  }

  /** The credentials of one request (RFC 7523 §2.2). */
  async credentials(over: Over = {}, key = this.key): Promise<Record<string, string>> {
    const claims = {
      iss: this.clientId,
      sub: this.clientId,
      aud: ISSUER,
      jti: randomUUID(),
      iat: epoch(),
      exp: epoch() + 60,
    };
    const assertion = await sign(key, { alg: key.alg, kid: 'client' }, { ...claims, ...over });
    return { client_id: this.clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  }

  /** A DPoP proof (RFC 9449 §4.2). */
  async proof(method: string, path: string, over: Over = {}, key = this.proofKey): Promise<string> {
    const { kty, crv, x, y, n, e } = key.jwk;
    const jwk = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK;
    const claims = { jti: randomUUID(), htm: method, htu: ISSUER + path, iat: epoch(), ...over };
    return sign(key, { typ: 'dpop+jwt', alg: key.alg, jwk }, claims);
  }

  thumbprint(key = this.proofKey): Promise<string> {
    return calculateJwkThumbprint(key.jwk);
  }

  /** A request object (RFC 9101) with these claims beside the parameters. */
  async object(parameters: Over, over: Over = {}, key = this.key): Promise<string> {
    const own = { iss: this.clientId, client_id: this.clientId, aud: ISSUER, nbf: epoch(), exp: epoch() + 300 };
    return sign(key, { alg: key.alg, kid: 'client', typ: 'oauth-authz-req+jwt' }, { ...own, ...parameters, ...over });
  }

  async push(parameters: Record<string, string | undefined>, sending: Sending = {}): Promise<Answer> {
    return this.post('/oauth2/par', { client_id: this.clientId, ...parameters }, { proofKey: null, ...sending });
  }

  async pushed(parameters: Record<string, string | undefined>, sending: Sending = {}): Promise<string> {
    const { status, json, text } = await this.push(parameters, sending);
    if (status !== 201) throw new Error(`The request was not pushed: ${text}`);
    return json.request_uri as string;
  }

  address(requestUri: string): string {
    return `/oauth2/auth?${new URLSearchParams({ client_id: this.clientId, request_uri: requestUri }).toString()}`;
  }

  /** What the browser brings back after login and consent. */
  visit(requestUri: string, browser = new CookieBrowser(this.server)): Promise<End> {
    return browser.walk(this.address(requestUri));
  }

  /** Push, login and consent: the code, and the verifier that redeems it. */
  async code(
    over: Record<string, string | undefined> = {},
    sending: Sending = {},
    browser = new CookieBrowser(this.server),
  ): Promise<{ code: string; verifier: string }> {
    const { parameters, verifier } = request(over);
    const { parameters: end } = await this.visit(await this.pushed(parameters, sending), browser);
    if (!end.code) throw new Error(`There is no code: ${JSON.stringify(end)}`);
    return { code: end.code, verifier };
  }

  redeem({ code, verifier }: { code: string; verifier: string }, sending: Sending = {}): Promise<Answer> {
    const form = { code, code_verifier: verifier, redirect_uri: FAPI_CALLBACK, ...sending.form };
    return this.token({ grant_type: 'authorization_code', ...form }, sending);
  }

  refresh(token: string, sending: Sending = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token }, sending);
  }

  token(form: Record<string, string | undefined>, sending: Sending = {}): Promise<Answer> {
    return this.post('/oauth2/token', form, sending);
  }

  async tokens(over: Record<string, string | undefined> = {}): Promise<Record<string, string>> {
    const { status, json, text } = await this.redeem(await this.code(over));
    if (status !== 200) throw new Error(`The code was not redeemed: ${text}`);
    return json as Record<string, string>;
  }

  async userinfo(token: string, scheme = 'DPoP'): Promise<Answer> {
    const ath = createHash('sha256').update(token).digest('base64url');
    const headers = { authorization: `${scheme} ${token}`, DPoP: await this.proof('GET', '/userinfo', { ath }) };
    return send('GET', `${this.server.public}/userinfo`, { headers });
  }

  async introspect(token: string): Promise<Record<string, unknown>> {
    const body = new URLSearchParams({ token });
    return (await send('POST', `${this.server.admin}/admin/oauth2/introspect`, { body })).json;
  }

  private async post(path: string, form: Record<string, string | undefined>, sending: Sending): Promise<Answer> {
    const { assertion, key, proofKey = this.proofKey, proof } = sending;
    const sent = { ...form, ...(await this.credentials(assertion, key)), ...sending.form };
    const body = new URLSearchParams(
      Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    const headers = proofKey ? { DPoP: await this.proof('POST', path, proof, proofKey) } : undefined;
    return send('POST', this.server.public + path, { body, headers });
  }
}

/** A good code request with PKCE. */
export function request(over: Record<string, string | undefined> = {}): {
  parameters: Record<string, string | undefined>;
  verifier: string;
} {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = {
    ...{ response_type: 'code', redirect_uri: FAPI_CALLBACK, scope: 'openid offline_access' },
    ...{ state: randomUUID(), nonce: randomUUID() },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...over,
  };
  return { parameters, verifier };
}

function sign({ privateKey }: PartyKey, header: { alg: string } & Over, claims: Over): Promise<string> {
  const there = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new SignJWT(there).setProtectedHeader(header).sign(privateKey);
}
