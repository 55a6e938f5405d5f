/** A registered client, its credentials, and the ID tokens that it checks. */
import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Fact } from '../ledger.js';
import type { Persisted, World } from '../world.js';
import { BYE, CALLBACK, ISSUER } from './browser.js';

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

export class Application {
  private keys: JSONWebKeySet = { keys: [] };

  private constructor(
    private readonly world: World,
    readonly fact: Fact,
    private secret: string,
  ) {}

  get id(): string {
    return this.fact.value;
  }

  /** Registers it with a chosen identifier and secret, so that the request can be repeated after a lost response. */
  static async register(world: World): Promise<Application> {
    const [id, secret] = [`app-${randomBytes(8).toString('hex')}`, randomBytes(24).toString('base64url')];
    const json = {
      client_id: id,
      client_secret: secret,
      client_name: 'first',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
      response_types: ['code'],
      redirect_uris: [CALLBACK],
      post_logout_redirect_uris: [BYE],
      backchannel_logout_uri: world.place.receiver,
      scope: 'openid offline_access photos',
    };
    world.ledger.keepSecret(secret);
    const { answer, lost } = await world.persist(() => world.admin('POST', '/clients', { json }));
    const isThere = answer?.status === 201 || (lost && answer?.status === 409);
    if (!isThere) world.violations.add('a client can be registered', `${String(answer?.status)} ${answer?.text ?? ''}`);
    return new Application(world, world.ledger.add('client', id), secret);
  }

  token(form: Record<string, string>): Promise<Persisted> {
    return this.post('/oauth2/token', form);
  }

  post(path: string, form: Record<string, string>): Promise<Persisted> {
    return this.world.persist(() => this.world.public('POST', path, { form, headers: this.credentials }));
  }

  /** The claims. @throws where it does not verify under a published key */
  async verify(idToken: string): Promise<Record<string, unknown>> {
    try {
      return await this.verified(idToken);
    } catch {
      const { answer } = await this.world.persist(() => this.world.public('GET', '/.well-known/jwks.json'));
      if (answer) this.keys = answer.json as unknown as JSONWebKeySet;
      return this.verified(idToken);
    }
  }

  get credentials(): { authorization: string } {
    return { authorization: `Basic ${Buffer.from(`${this.id}:${this.secret}`).toString('base64')}` };
  }

  /** The times of the token are not checked here: see the faults that shift clocks. */
  private async verified(idToken: string): Promise<Record<string, unknown>> {
    const options = { issuer: ISSUER, audience: this.id, clockTolerance: 3_600 };
    return (await jwtVerify(idToken, createLocalJWKSet(this.keys), options)).payload;
  }
}
