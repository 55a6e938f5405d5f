/**
 * A client under FAPI 2.0 as a certification suite plays it: it knows the issuer, its own registration, and what discovery says.
 * It sends what it is told, also what is wrong.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { askTls, type TlsAnswer } from '../../support/ask-tls.js';
import { certificate, type Certificate } from '../../support/certificates.js';
import type { End } from '../../support/cookie-browser.js';
import { ProofKey, type ProofOptions } from '../../support/dpop-client.js';
import { send } from '../../support/send.js';
import type { HttpsSite } from './https-site.js';
import { TlsBrowser } from './tls-browser.js';

export const CALLBACK = 'https://app.example/cb';
export const epoch = (): number => Math.floor(Date.now() / 1000);

/** What a client may be under a profile. */
export interface Variant {
  name: string;
  authentication: 'private_key_jwt' | 'self_signed_tls_client_auth';
  binding: 'dpop' | 'mtls';
  /** Of the client; undefined: that of the server counts. */
  profile?: 'fapi-2.0' | 'fapi-2.0-message-signing';
  /** Whether it signs its requests. */
  signs?: boolean;
  /** Whether it registered that its responses are signed. */
  jarm?: boolean;
  alg?: 'ES256' | 'PS256' | 'EdDSA';
}

export type Form = Record<string, string | undefined>;
type Over = Record<string, unknown>;

/** What differs from a good request. */
export interface Deviation {
  /** Parameters; undefined leaves one out. */
  form?: Form;
  /** Claims and header of the assertion. */
  assertion?: Over;
  assertionHeader?: Over;
  /** Signs the assertion or the request object. */
  key?: ProofKey;
  /** null: no proof. */
  proofKey?: ProofKey | null;
  proof?: ProofOptions;
  /** Sent as it is. */
  rawProof?: string | string[];
  /** The certificate of the connection; null: none. */
  by?: Certificate | null;
  /** Claims and header of the request object. */
  object?: Over;
  objectHeader?: Over;
  /** Sent in place of the request object. */
  rawObject?: string;
}

/** A pushed request that was answered by the person. */
export interface Got {
  code: string;
  verifier: string;
}

const known = (members: Over): Over =>
  Object.fromEntries(Object.entries(members).filter(([, one]) => one !== undefined));

export class Stranger {
  readonly proofKey = new ProofKey();

  private constructor(
    readonly site: HttpsSite,
    readonly variant: Variant,
    readonly discovery: Record<string, unknown>,
    readonly key: ProofKey,
    readonly certificate: Certificate,
    readonly clientId: string,
  ) {}

  static async register(site: HttpsSite, variant: Variant): Promise<Stranger> {
    const { authentication, binding, profile, alg = 'ES256', jarm } = variant;
    const [key, own] = [new ProofKey(alg), await certificate({ subject: `CN=${randomUUID()}` })];
    const jwk = { ...key.jwk, kid: 'client', alg, use: 'sig' };
    const { status, json, text } = await send('POST', `${site.server.admin}/admin/clients`, {
      body: JSON.stringify({
        ...{ redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] },
        ...{
          response_types: ['code'],
          scope: 'openid offline_access photos',
          token_endpoint_auth_method: authentication,
        },
        jwks: { keys: authentication === 'private_key_jwt' ? [jwk] : [jwk, { ...own.jwk, kid: 'certificate' }] },
        [binding === 'dpop' ? 'dpop_bound_access_tokens' : 'tls_client_certificate_bound_access_tokens']: true,
        ...(profile && { security_profile: profile }),
        ...(jarm && { authorization_signed_response_alg: 'PS256' }),
      }),
    });
    if (status !== 201) throw new Error(`The client was not registered: ${text}`);
    const { json: discovery } = await askTls(`${site.issuer}/.well-known/openid-configuration`, { ca: site.ca });
    return new Stranger(site, variant, discovery, key, own, json.client_id as string);
  }

  get usesCertificates(): boolean {
    return this.variant.binding === 'mtls' || this.variant.authentication !== 'private_key_jwt';
  }

  /** RFC 8705 §5: with certificates the alias counts. */
  endpoint(name: string): string {
    const aliases = this.discovery.mtls_endpoint_aliases as Record<string, string> | undefined;
    return (
      (this.usesCertificates ? aliases?.[`${name}_endpoint`] : undefined) ?? String(this.discovery[`${name}_endpoint`])
    );
  }

  /** A good code request with PKCE. */
  request(over: Form = {}): { parameters: Form; verifier: string } {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const parameters = {
      ...{ response_type: 'code', redirect_uri: CALLBACK, scope: 'openid offline_access' },
      ...{ state: randomUUID(), nonce: randomUUID(), code_challenge: challenge, code_challenge_method: 'S256' },
      ...(this.variant.jarm && { response_mode: 'jwt' }),
      ...over,
    };
    return { parameters, verifier };
  }

  assertion({ assertion, assertionHeader, key = this.key }: Deviation = {}): string {
    const own = { iss: this.clientId, sub: this.clientId, aud: this.site.issuer, jti: randomUUID() };
    const claims = { ...own, iat: epoch(), exp: epoch() + 60, ...assertion };
    return key.sign({ alg: key.alg, kid: 'client', ...assertionHeader }, known(claims));
  }

  object(parameters: Form, { object, objectHeader, key = this.key }: Deviation = {}): string {
    const own = {
      iss: this.clientId,
      client_id: this.clientId,
      aud: this.site.issuer,
      nbf: epoch(),
      exp: epoch() + 300,
    };
    const claims = known({ ...own, ...parameters, ...object });
    return key.sign({ alg: key.alg, kid: 'client', typ: 'oauth-authz-req+jwt', ...objectHeader }, claims);
  }

  /** @param parameters of a request; in an object if the client signs */
  push(parameters: Form = this.request().parameters, { key, ...deviation }: Deviation = {}): Promise<TlsAnswer> {
    const { signs } = this.variant;
    const request = deviation.rawObject ?? (signs ? this.object(parameters, { ...deviation, key }) : undefined);
    const sent = { proofKey: null, ...deviation, ...(signs ? {} : { key }) };
    return this.post('pushed_authorization_request', request === undefined ? parameters : { request }, sent);
  }

  async pushed(parameters?: Form, deviation?: Deviation): Promise<string> {
    const { status, json, text } = await this.push(parameters, deviation);
    if (status !== 201) throw new Error(`The request was not pushed: ${text}`);
    return json.request_uri as string;
  }

  /** The address for the browser: it has the client and the reference, once each. */
  address(requestUri: string, more: Record<string, string> = {}): string {
    const query = new URLSearchParams({ client_id: this.clientId, request_uri: requestUri, ...more });
    return `${String(this.discovery.authorization_endpoint)}?${query.toString()}`;
  }

  browser(): TlsBrowser {
    return new TlsBrowser(this.site);
  }

  visit(requestUri: string, browser = this.browser()): Promise<End> {
    return browser.walk(this.address(requestUri));
  }

  /** What the client reads in a response: its parameters, or what its JWT says. The caller verifies the JWT. */
  read({ parameters }: Pick<End, 'parameters'>): Record<string, unknown> {
    if (!this.variant.jarm) return parameters;
    const [, payload = ''] = (parameters.response ?? '').split('.');
    return JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as Record<string, unknown>;
  }

  async code(over: Form = {}, deviation: Deviation = {}): Promise<Got> {
    const { parameters, verifier } = this.request(over);
    const end = await this.visit(await this.pushed(parameters, deviation));
    const { code } = this.read(end);
    if (typeof code !== 'string') throw new Error(`There is no code: ${end.url?.href ?? end.text}`);
    return { code, verifier };
  }

  redeem({ code, verifier }: Got, deviation: Deviation = {}): Promise<TlsAnswer> {
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: CALLBACK };
    return this.post('token', form, deviation);
  }

  refresh(token: unknown, deviation: Deviation = {}): Promise<TlsAnswer> {
    return this.post('token', { grant_type: 'refresh_token', refresh_token: String(token) }, deviation);
  }

  machine(deviation: Deviation = {}): Promise<TlsAnswer> {
    return this.post('token', { grant_type: 'client_credentials' }, deviation);
  }

  async tokens(over: Form = {}): Promise<Record<string, string>> {
    const { status, json, text } = await this.redeem(await this.code(over));
    if (status !== 200) throw new Error(`The code was not redeemed: ${text}`);
    return json as Record<string, string>;
  }

  /** The protected resource of this server. */
  userinfo(token: unknown, { scheme, ...deviation }: Deviation & { scheme?: string } = {}): Promise<TlsAnswer> {
    const url = this.endpoint('userinfo');
    const usual = this.variant.binding === 'dpop' ? 'DPoP' : 'Bearer';
    const proof = { token: String(token), ...deviation.proof };
    const headers = {
      authorization: `${scheme ?? usual} ${String(token)}`,
      ...this.proofHeader('GET', url, { ...deviation, proof }),
    };
    return askTls(url, { ca: this.site.ca, headers, ...this.connection(deviation) });
  }

  async introspect(token: unknown): Promise<Record<string, unknown>> {
    const body = new URLSearchParams({ token: String(token) });
    return (await send('POST', `${this.site.server.admin}/admin/oauth2/introspect`, { body })).json;
  }

  /** The credentials that go into the form. */
  credentials(deviation: Deviation = {}): Form {
    if (this.variant.authentication !== 'private_key_jwt') return { client_id: this.clientId };
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return { client_id: this.clientId, client_assertion_type: type, client_assertion: this.assertion(deviation) };
  }

  post(name: string, form: Form, deviation: Deviation = {}): Promise<TlsAnswer> {
    const url = this.endpoint(name);
    const sent = known({ ...form, ...this.credentials(deviation), ...deviation.form }) as Record<string, string>;
    const headers = this.proofHeader('POST', url, deviation);
    return askTls(url, { ca: this.site.ca, form: sent, headers, ...this.connection(deviation) });
  }

  private connection({ by }: Deviation): { by?: Certificate } {
    const own = by === undefined && this.usesCertificates ? this.certificate : by;
    return own ? { by: own } : {};
  }

  private proofHeader(method: string, url: string, deviation: Deviation): Record<string, string | string[]> {
    const { proofKey = this.proofKey, proof, rawProof } = deviation;
    if (rawProof !== undefined) return { dpop: rawProof };
    if (this.variant.binding !== 'dpop' || proofKey === null) return {};
    return { dpop: proofKey.proof(method, url, proof) };
  }
}
