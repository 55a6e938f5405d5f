/** The users of single-use values: a client, a person in a browser, an issuer of assertions, and what they see of one another. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { DEVICE_CODE, JWT_BEARER } from '../../src/protocol/constants.js';
import type { CibaApp, CibaParty } from '../support/ciba-app.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import type { Receiver } from '../support/receiver.js';
import { RelyingParty, type Tokens } from '../support/relying-party.js';
import type { Answer } from '../support/send.js';
import type { TestServer } from '../support/server.js';
import { TrustedIssuer } from '../support/trusted-issuer.js';
import type { Request } from './shots.js';

export const BYE = 'https://app.example/bye';
const REMEMBERED = { login: { remember: true }, consent: { remember: true } };

export class World {
  private constructor(
    /** Processes on the same stores. */
    readonly servers: readonly TestServer[],
    readonly client: RelyingParty,
    readonly issuer: TrustedIssuer,
    readonly receiver: Receiver,
    /** The browser of a person who is logged in and whose consent is remembered. */
    readonly browser: CookieBrowser,
    /** Where people are asked on another device. */
    private readonly app: CibaApp,
  ) {}

  static async begin(
    servers: readonly [TestServer, ...TestServer[]],
    receiver: Receiver,
    app: CibaApp,
  ): Promise<World> {
    const [server] = servers;
    const client = await RelyingParty.register(server, {
      grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE, JWT_BEARER],
      post_logout_redirect_uris: [BYE],
      backchannel_logout_uri: `${receiver.url}/out`,
    });
    const issuer = await TrustedIssuer.of(server, { scope: ['photos.read'] });
    const world = new World(servers, client, issuer, receiver, new CookieBrowser(server, REMEMBERED), app);
    await world.code();
    return world;
  }

  /** Another browser, without a login. */
  newBrowser(): CookieBrowser {
    return new CookieBrowser(this.client.server, REMEMBERED);
  }

  /** A backchannel authentication request that waits. */
  async askPerson(party: CibaParty): Promise<{ auth: string; challenge: string }> {
    const hint = randomUUID();
    const auth = await party.started({ login_hint: hint });
    const told = this.app.told.find(({ login_hint: one }) => one === hint);
    return { auth, challenge: told?.challenge ?? expect.fail('The app was not told.') };
  }

  async code(browser = this.browser): Promise<string> {
    return (await browser.follow(this.client.address())).get('code') ?? expect.fail('There is no code.');
  }

  async tokens(browser = this.browser): Promise<Tokens> {
    const { status, json, text } = await this.client.redeem(await this.code(browser));
    expect(status, text).toBe(200);
    return json as unknown as Tokens;
  }

  /** The person is still logged in: no question is asked, and a code comes back (OpenID Connect Core §3.1.2.1). */
  async expectLoggedIn(browser = this.browser): Promise<void> {
    const { parameters } = await browser.walk(this.client.address({ prompt: 'none' }));
    expect(parameters.code, JSON.stringify(parameters)).toBeDefined();
  }

  /** The tokens work at every process, and can be refreshed. */
  async expectLive(
    { access_token: access, refresh_token: refresh }: Partial<Tokens>,
    client = this.client,
  ): Promise<void> {
    for (const server of this.servers) {
      for (const token of [access, refresh]) {
        if (token !== undefined) expect(await client.at(server).isActive(token), token).toBe(true);
      }
    }
    if (refresh === undefined) return;
    const { status, json, text } = await client.refresh(refresh);
    expect(status, text).toBe(200);
    expect(await client.isActive(json.access_token as string)).toBe(true);
  }

  /** A form for the token endpoint. */
  tokenRequest(server: TestServer, form: Record<string, string>, headers: Record<string, string>): Request {
    return {
      method: 'POST',
      url: `${server.public}/oauth2/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    };
  }

  /** The browser visits an address of the issuer at this process. */
  visit(server: TestServer, address: string, { cookie }: CookieBrowser): Request {
    const { pathname, search } = new URL(address);
    return { method: 'GET', url: server.public + pathname + search, headers: { cookie } };
  }

  /** An app's answer through the admin API. */
  answer(server: TestServer, path: string, json: object): Request {
    const headers = { 'content-type': 'application/json' };
    return { method: 'PUT', url: `${server.admin}/admin${path}`, headers, body: JSON.stringify(json) };
  }
}

/** Where a response sends the browser, or the next address that it gives the app. */
export function nextOf({ headers, json }: Answer): URL {
  return new URL(headers.get('location') ?? (json.redirect_to as string));
}

export function parameterOf(address: URL | string, name: string): string {
  return new URL(address).searchParams.get(name) ?? expect.fail(`No ${name} in ${address.toString()}`);
}

/** The OAuth error of a response, in its body or in its redirect to the client. */
export function errorOf({ headers, json }: Answer): unknown {
  const location = headers.get('location');
  return json.error ?? (location === null ? undefined : new URL(location).searchParams.get('error'));
}
