/** Single-use values that a browser brings back from the apps, and the user code that a person types. */
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect } from 'vitest';
import { DEVICE_CODE } from '../../src/protocol/constants.js';
import type { CookieBrowser } from '../support/cookie-browser.js';
import type { Answer } from '../support/send.js';
import type { Fresh, SingleUse } from './single-use.js';
import { BYE, nextOf, parameterOf, type World } from './world.js';

const leadsTo =
  (parameter: string) =>
  ({ headers }: Answer): boolean =>
    headers.get('location')?.includes(`${parameter}=`) === true;

export async function startDevice({ client }: World): Promise<Record<string, string>> {
  return (await client.startDevice()).json as Record<string, string>;
}

/** The address, with the device verifier, to which the browser goes after its user code was accepted. */
async function enterUserCode(world: World, browser: CookieBrowser, userCode: string): Promise<string> {
  const page = await browser.go('/oauth2/device/verify');
  const path = `/oauth2/auth/requests/device/accept?device_challenge=${parameterOf(nextOf(page), 'device_challenge')}`;
  const { json, text } = await world.client.admin('PUT', path, { user_code: userCode });
  expect(json.redirect_to, text).toBeDefined();
  return json.redirect_to as string;
}

export async function approveDevice(world: World, userCode: string, browser = world.browser): Promise<void> {
  const { url } = await browser.walk(await enterUserCode(world, browser, userCode));
  expect(url?.pathname).toBe('/oauth2/fallbacks/device/done');
}

/** The device gets its tokens, and they work. */
export async function expectDeviceServed(world: World, deviceCode = ''): Promise<void> {
  const { json } = await world.client.token({ grant_type: DEVICE_CODE, device_code: deviceCode });
  await world.expectLive(json);
}

/** A person who is logged in, and about to log out of the session `sid`. */
export async function startLogout(world: World): Promise<{ browser: CookieBrowser; challenge: string; sid: string }> {
  const browser = world.newBrowser();
  const { id_token: hint } = await world.tokens(browser);
  const parameters = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: BYE });
  const answer = await browser.go(`/oauth2/sessions/logout?${parameters.toString()}`);
  const challenge = parameterOf(nextOf(answer), 'logout_challenge');
  return { browser, challenge, sid: decodeJwt(hint)['sid'] as string };
}

/** The session has ended, and its client got one logout token. */
export async function expectLoggedOutOnce({ client, receiver }: World, sid: string): Promise<void> {
  expect((await client.admin('GET', `/oauth2/auth/sessions/login/${sid}`)).status).toBe(404);
  const deliveries = async (): Promise<unknown[]> => {
    const { json } = await client.admin('GET', `/oauth2/auth/sessions/logout/deliveries?sid=${sid}`);
    return (json as unknown as { state: string }[]).map(({ state }) => state);
  };
  await expect.poll(deliveries).toEqual(['delivered']);
  const told = receiver.requests.filter(({ form }) => decodeJwt(form.get('logout_token') ?? '')['sid'] === sid);
  expect(told).toHaveLength(1);
}

/** The address of the app, and the address with the verifier after the app agreed. */
async function agreed(browser: CookieBrowser, step: 'login' | 'consent', address: string): Promise<string> {
  const { url } = await browser.walk(address, { until: step });
  return browser.accept(step, parameterOf(url ?? '', `${step}_challenge`), { remember: true });
}

const verifier = (world: World, browser: CookieBrowser, address: string): Pick<Fresh, 'use'> => ({
  use: (server) => world.visit(server, address, browser),
});

export const BROWSER_VALUES: SingleUse[] = [
  {
    name: 'a login verifier',
    rule: 'OpenID Connect Core §3.1.2.3; a reload of the page is no attack',
    winners: 'all',
    isWon: leadsTo('consent_challenge'),
    mint: async (world) => {
      const browser = world.newBrowser();
      const address = await agreed(browser, 'login', world.client.address());
      return {
        ...verifier(world, browser, address),
        holds: async (won) => {
          expect(new Set(won.map((answer) => nextOf(answer).href)).size).toBe(1);
          // A browser follows its last click and may have discarded the earlier responses.
          const poorest = won.find(({ headers }) => headers.getSetCookie().length === 0) ?? won.at(-1)!;
          browser.keep(poorest);
          const challenge = parameterOf(nextOf(poorest), 'consent_challenge');
          const { parameters } = await browser.walk(await browser.accept('consent', challenge, { remember: true }));
          await world.expectLive((await world.client.redeem(parameters.code ?? '')).json);
          await world.expectLoggedIn(browser);
        },
      };
    },
  },
  {
    name: 'a consent verifier',
    rule: 'RFC 6749 §4.1.2: one consent, one code',
    isWon: leadsTo('code'),
    lost: 'access_denied',
    mint: async (world) => {
      const browser = world.newBrowser();
      const address = await agreed(browser, 'consent', world.client.address());
      return {
        ...verifier(world, browser, address),
        holds: async ([won]) => {
          const { json } = await world.client.redeem(parameterOf(nextOf(won!), 'code'));
          await world.expectLive(json);
          await world.expectLoggedIn(browser);
        },
      };
    },
  },
  {
    name: 'a pushed request, by as many browsers',
    rule: 'RFC 9126 §7.3: it gives one response',
    many: 100,
    isWon: leadsTo('code'),
    lost: 'invalid_request_uri',
    mint: async (world, count) => {
      const { client } = world;
      const pushed = await client.push(Object.fromEntries(new URL(client.address(), BYE).searchParams));
      const address = client.pushedAddress(String(pushed.json.request_uri));
      const visits: { browser: CookieBrowser; back: string }[] = [];
      for (let i = 0; i < count; i++) {
        const browser = world.newBrowser();
        visits.push({ browser, back: await agreed(browser, 'consent', address) });
      }
      return {
        use: (server, i) => world.visit(server, visits[i]!.back, visits[i]!.browser),
        holds: async ([won]) => {
          await world.expectLive((await client.redeem(parameterOf(nextOf(won!), 'code'))).json);
        },
      };
    },
  },
  {
    name: 'a logout verifier',
    rule: 'OpenID Connect Back-Channel Logout §2.5: a logout is announced once',
    winners: 'all',
    isWon: ({ headers }) => headers.get('location') === BYE,
    mint: async (world) => {
      const { browser, challenge, sid } = await startLogout(world);
      const { json } = await world.client.admin(
        'PUT',
        `/oauth2/auth/requests/logout/accept?logout_challenge=${challenge}`,
      );
      return {
        ...verifier(world, browser, json.redirect_to as string),
        holds: () => expectLoggedOutOnce(world, sid),
      };
    },
  },
  {
    name: 'a device verifier',
    rule: 'RFC 8628 §3.3: one user code, one decision; until then the browser may come again',
    winners: 'all',
    isWon: leadsTo('login_challenge'),
    mint: async (world) => {
      const { device_code, user_code = '' } = await startDevice(world);
      const address = await enterUserCode(world, world.browser, user_code);
      return {
        ...verifier(world, world.browser, address),
        holds: async (won) => {
          world.browser.keep(won.at(-1)!);
          const challenge = parameterOf(nextOf(won.at(-1)!), 'login_challenge');
          const { url } = await world.browser.walk(await world.browser.accept('login', challenge));
          expect(url?.pathname).toBe('/oauth2/fallbacks/device/done');
          await expectDeviceServed(world, device_code);
        },
      };
    },
  },
  {
    name: 'a user code that was entered in several browsers',
    rule: 'RFC 8628 §3.3: one user code, one decision',
    isWon: ({ headers }) => headers.get('location')?.includes('/oauth2/fallbacks/device/done') === true,
    lost: 'access_denied',
    mint: async (world, count) => {
      const { device_code, user_code = '' } = await startDevice(world);
      const browsers = Array.from({ length: count }, () => world.newBrowser());
      const addresses = await Promise.all(
        browsers.map(async (browser) => {
          const device = await enterUserCode(world, browser, user_code);
          const { url } = await browser.walk(device, {
            until: 'consent',
            answers: { login: { subject: randomUUID() } },
          });
          return browser.accept('consent', parameterOf(url ?? '', 'consent_challenge'));
        }),
      );
      return {
        use: (server, i) => world.visit(server, addresses[i] ?? '', browsers[i]!),
        holds: () => expectDeviceServed(world, device_code),
      };
    },
  },
];
