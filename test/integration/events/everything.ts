/** Causes every event that a request can cause, and collects all secrets that were issued. */
import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { TOKEN_EXCHANGE } from '../../../src/protocol/constants.js';
import { answerCiba, type CibaApp, CibaParty } from '../../support/ciba-app.js';
import { DocumentParty } from '../../support/document-party.js';
import { DocumentSite } from '../../support/document-site.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { ProofKey } from '../../support/dpop-client.js';
import { type Answer, RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { ISSUER, type TestServer } from '../../support/server.js';

const TOKEN_ENDPOINT = `${ISSUER}/oauth2/token`;
const CREDENTIAL = 'openid offline_access userinfo_credential_draft_00';
const SESSIONS = '/oauth2/auth/sessions';

export class Everything {
  /** Codes, tokens, secrets, assertions, challenges, verifiers, private keys. */
  readonly secrets: string[] = [];

  /** @param app the hook of the server's backchannel authentication @param run a statement on its database */
  constructor(
    private readonly server: TestServer,
    private readonly app: CibaApp,
    private readonly run: (sql: string, values: unknown[]) => Promise<unknown>,
  ) {}

  async walk(): Promise<RelyingParty> {
    const client = await RelyingParty.register(this.server, {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
      response_types: ['code', 'id_token token'],
      scope: CREDENTIAL,
    });
    this.secrets.push(client.secret);
    await this.people(client);
    await this.pushed(client);
    await this.exchange(client);
    await this.documents();
    await this.refusals(client);
    await this.backchannel();
    await this.devices(client);
    await this.registration();
    await this.assertions();
    await this.missingCertificate();
    await this.proofs();
    await this.keys(client);
    await this.clientAdministration(client);
    return client;
  }

  private async people(client: RelyingParty): Promise<void> {
    const browser = this.browser();
    const tokens = await this.tokens(client, browser);
    await this.credential(tokens.access_token);
    const next = this.keep(await client.refresh(tokens.refresh_token)) as unknown as Tokens;
    await client.refresh(tokens.refresh_token); // a replay
    await this.replayedCode(client);
    const implicit = await browser.walk(client.address({ response_type: 'id_token token', scope: 'openid' }));
    this.secrets.push(implicit.parameters.access_token ?? '', implicit.parameters.id_token ?? '');
    const machine = this.keep(await client.token({ grant_type: 'client_credentials' }));
    await client.revoke(String(machine.access_token));
    await client.revoke(String(machine.access_token)); // it has ended already: no event
    await this.logout(browser, next.id_token);
    this.secrets.push(...browser.handles);
  }

  private async pushed(client: RelyingParty): Promise<void> {
    const { json } = await client.push(Object.fromEntries(new URL(client.address(), ISSUER).searchParams));
    const browser = this.browser();
    await browser.walk(client.pushedAddress(String(json.request_uri)));
    this.secrets.push(String(json.request_uri).slice(-43), ...browser.handles);
  }

  /** One request that the person accepts, one that they refuse. */
  private async backchannel(): Promise<void> {
    const party = await CibaParty.register(this.server);
    this.secrets.push(party.client.secret);
    for (const verb of ['accept', 'reject'] as const) {
      const authReqId = await party.started();
      this.secrets.push(authReqId, this.app.challenge);
      await answerCiba(this.server, this.app.challenge, verb);
      this.keep(await party.poll(authReqId));
    }
  }

  /** A client exchanges a token of its own. */
  private async exchange(client: RelyingParty): Promise<void> {
    const service = await RelyingParty.register(this.server, { grant_types: ['client_credentials', TOKEN_EXCHANGE] });
    const own = this.keep(await service.token({ grant_type: 'client_credentials' }));
    const form = { grant_type: TOKEN_EXCHANGE, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
    this.keep(await service.token({ ...form, subject_token: String(own.access_token) }));
    this.secrets.push(service.secret);
    await client.token({ ...form, subject_token: String(own.access_token) }); // refused: no event
  }

  /** A client whose document changes after it has its row. */
  private async documents(): Promise<void> {
    const site = await DocumentSite.start();
    const party = new DocumentParty(this.server, site.publish('/tool.json'));
    const tokens = await party.tokens();
    this.secrets.push(tokens.access_token, tokens.refresh_token, ...party.browser.handles);
    site.publish('/tool.json', { client_name: 'Another name' });
    await party.outdate(this.run);
    await party.visit();
    await site.stop();
  }

  private async replayedCode(client: RelyingParty): Promise<void> {
    const code = await client.code();
    this.secrets.push(code);
    this.keep(await client.redeem(code));
    await client.redeem(code);
  }

  private async credential(accessToken: string): Promise<void> {
    const { privateKey, jwk } = await keyPair();
    const ask = (proof?: { proof_type: string; jwt: string }): Promise<Answer> =>
      send('POST', `${this.server.public}/credentials`, {
        headers: { authorization: `Bearer ${accessToken}` },
        body: JSON.stringify({ format: 'jwt_vc_json', proof }),
      });
    const { json } = await ask();
    const jwt = await new SignJWT({ nonce: json.c_nonce }).setProtectedHeader({ alg: 'ES256', jwk }).sign(privateKey);
    const issued = await ask({ proof_type: 'jwt', jwt });
    this.secrets.push(String(json.c_nonce), jwt, String(issued.json.credential_draft_00));
  }

  private async logout(browser: CookieBrowser, idToken: string): Promise<void> {
    const start = await browser.go(`/oauth2/sessions/logout?id_token_hint=${idToken}&state=s`);
    const challenge = new URL(start.headers.get('location') ?? '').searchParams.get('logout_challenge') ?? '';
    const say = (verb: string): Promise<Answer> =>
      this.admin('PUT', `/oauth2/auth/requests/logout/${verb}?logout_challenge=${challenge}`);
    await say('reject');
    await say('accept');
    const { json } = await say('accept');
    this.secrets.push(challenge);
    await browser.go(String(json.redirect_to));
  }

  private async refusals(client: RelyingParty): Promise<void> {
    for (const step of ['login', 'consent'] as const) {
      const browser = this.browser();
      const { url } = await browser.walk(client.address(), { until: step });
      await browser.go(await browser.reject(step, url?.searchParams.get(`${step}_challenge`) ?? ''));
      this.secrets.push(...browser.handles);
    }
  }

  /** The requests of a page that shows the devices of a person. */
  private async devices(client: RelyingParty): Promise<void> {
    const subject = randomUUID();
    const tokens = await this.tokens(client, this.browser({ subject }));
    await this.tokens(client, this.browser({ subject }));
    await this.tokens(client, this.browser({ subject }));
    const listed = await this.admin('GET', `/oauth2/grants?subject=${subject}`);
    const [grant] = JSON.parse(listed.text) as { id: string }[];
    await this.admin('DELETE', `/oauth2/grants/${grant?.id ?? ''}`);
    await this.admin('DELETE', `${SESSIONS}/login/${String(claimsOf(tokens.id_token).sid)}?revoke_tokens=true`);
    await this.admin('DELETE', `${SESSIONS}/login?subject=${subject}`);
    await this.admin('DELETE', `${SESSIONS}/consent?subject=${subject}&all=true`);
  }

  private async registration(): Promise<void> {
    const address = `${this.server.public}/oauth2/register`;
    const made = await send('POST', address, { body: JSON.stringify({ grant_types: ['client_credentials'] }) });
    const at = `${address}/${String(made.json.client_id)}`;
    const by = (token: unknown) => ({ headers: { authorization: `Bearer ${String(token)}` } });
    const changed = await send('PUT', at, { ...by(made.json.registration_access_token), body: '{}' });
    await send('DELETE', at, by(changed.json.registration_access_token));
    for (const { json } of [made, changed]) this.secrets.push(String(json.registration_access_token));
    this.secrets.push(String(made.json.client_secret));
  }

  private async assertions(): Promise<void> {
    const { privateKey, jwk } = await keyPair();
    const client = await RelyingParty.register(this.server, {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [jwk] },
    });
    const { clientId } = client;
    const assertion = await sign(privateKey, jwk, clientId);
    this.secrets.push(assertion);
    const form = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: clientId, client_assertion: assertion },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    for (let i = 0; i < 2; i++) this.keep(await send('POST', `${this.server.public}/oauth2/token`, { body: form }));
    const trust = { issuer: 'https://issuer.example', allow_any_subject: true, scope: [], jwk };
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const trusted = await this.admin('POST', '/trust/grants/jwt-bearer/issuers', { ...trust, expires_at });
    await this.admin('DELETE', `/trust/grants/jwt-bearer/issuers/${String(trusted.json.id)}`);
  }

  private async missingCertificate(): Promise<void> {
    const metadata = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'a.example' };
    const { clientId } = await RelyingParty.register(this.server, metadata);
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId });
    await send('POST', `${this.server.public}/oauth2/token`, { body: form });
  }

  /** One proof that is sent twice, and one for another method. */
  private async proofs(): Promise<void> {
    const client = await RelyingParty.register(this.server, { grant_types: ['client_credentials'] });
    this.secrets.push(client.secret);
    const key = new ProofKey();
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`;
    const [good, bad] = ['POST', 'GET'].map((method) => key.proof(method, TOKEN_ENDPOINT));
    for (const proof of [good, good, bad]) {
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      const headers = { authorization, dpop: String(proof) };
      this.keep(await send('POST', `${this.server.public}/oauth2/token`, { body, headers }));
      this.secrets.push(String(proof));
    }
  }

  private async keys(client: RelyingParty): Promise<void> {
    const made = await this.admin('POST', '/keys/a-set', { alg: 'ES256', kid: 'one' });
    const [key] = (made.json.keys ?? []) as JWK[];
    this.secrets.push(key?.d ?? '');
    await client.admin('PUT', '/keys/a-set/one', key);
    await this.admin('PUT', '/keys/a-set', { keys: [key] });
    await this.admin('DELETE', '/keys/a-set/one');
    await this.admin('DELETE', '/keys/a-set/one'); // it is deleted already: no event
    await this.admin('POST', '/keys/a-set', { alg: 'ES256' });
    await this.admin('DELETE', '/keys/a-set');
  }

  private async clientAdministration(client: RelyingParty): Promise<void> {
    const address = `/clients/${client.clientId}`;
    await this.admin('PATCH', address, [{ op: 'replace', path: '/client_name', value: 'A name' }]);
    const rotated = await this.admin('POST', `${address}/secrets/rotate`);
    this.secrets.push(String(rotated.json.client_secret));
    await this.admin('DELETE', `${address}/secrets/rotate`);
    await this.admin('DELETE', `/oauth2/tokens?client_id=${client.clientId}`);
    await this.admin('DELETE', '/oauth2/tokens?client_id=nobody');
    await this.admin('DELETE', address);
  }

  private browser(login: Record<string, unknown> = {}): CookieBrowser {
    return new CookieBrowser(this.server, { login });
  }

  private async tokens(client: RelyingParty, browser: CookieBrowser): Promise<Tokens> {
    const code = (await browser.follow(client.address({ scope: CREDENTIAL }))).get('code') ?? '';
    this.secrets.push(code, ...browser.handles);
    return this.keep(await client.redeem(code)) as unknown as Tokens;
  }

  /** Collects the tokens of a response. */
  private keep({ json }: Answer): Record<string, unknown> {
    const handedOut = [json.access_token, json.refresh_token, json.id_token, json.c_nonce_draft_00];
    this.secrets.push(...handedOut.filter((one) => typeof one === 'string'));
    return json;
  }

  private admin(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { 'x-request-id': `${method}-of-the-administrator` };
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return send(method, `${this.server.admin}/admin${path}`, { headers, body: sent });
  }
}

async function keyPair(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' } };
}

function sign(key: CryptoKey, { kid }: JWK, clientId: string): Promise<string> {
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(TOKEN_ENDPOINT)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);
}

function claimsOf(idToken: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
