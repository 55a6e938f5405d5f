/** Single-use values that apps and clients answer with. */
import { expect } from 'vitest';
import { type Answer, send } from '../support/send.js';
import { expectDeviceServed, expectLoggedOutOnce, startDevice, startLogout } from './browser-values.js';
import type { SingleUse } from './single-use.js';
import { nextOf, parameterOf } from './world.js';

const REQUESTS = '/oauth2/auth/requests';
const isAnswered = ({ status }: Answer): boolean => status === 200;

/** All get the same address, where the browser goes next. */
function nextOfAll(answers: Answer[]): string {
  const addresses = new Set(answers.map((answer) => nextOf(answer).href));
  expect(addresses.size).toBe(1);
  return [...addresses][0] ?? '';
}

export const APP_VALUES: SingleUse[] = [
  {
    name: "a login app's answer, each with another person",
    rule: 'OpenID Connect Core §3.1.2.3: one person, whole',
    winners: 'all',
    isWon: isAnswered,
    mint: async (world) => {
      const browser = world.newBrowser();
      const { url } = await browser.walk(world.client.address(), { until: 'login' });
      const path = `${REQUESTS}/login/accept?login_challenge=${parameterOf(url ?? '', 'login_challenge')}`;
      return {
        use: (server, i) => {
          const person = `person-${String(i)}`;
          return world.answer(server, path, { subject: person, remember: true, acr: person });
        },
        holds: async (won) => {
          const { parameters } = await browser.walk(nextOfAll(won));
          const { json } = await world.client.redeem(parameters.code ?? '');
          await world.expectLive(json);
          await world.expectLoggedIn(browser);
        },
      };
    },
  },
  {
    name: "a consent app's answer, each with another scope",
    rule: 'RFC 6749 §3.3: one scope, whole',
    winners: 'all',
    isWon: isAnswered,
    mint: async (world) => {
      const browser = world.newBrowser();
      const { url } = await browser.walk(world.client.address(), { until: 'consent' });
      const path = `${REQUESTS}/consent/accept?consent_challenge=${parameterOf(url ?? '', 'consent_challenge')}`;
      return {
        use: (server, i) => {
          const photos = `photos.${String(i)}`;
          const grant_scope = ['openid', 'offline_access', photos];
          return world.answer(server, path, { grant_scope, session: { access_token: { photos } } });
        },
        holds: async (won) => {
          const { parameters } = await browser.walk(nextOfAll(won));
          const { json } = await world.client.redeem(parameters.code ?? '');
          const body = new URLSearchParams({ token: json.access_token as string });
          const told = await send('POST', `${world.client.server.admin}/admin/oauth2/introspect`, { body });
          const { photos } = told.json.ext as { photos: string };
          expect(told.json.scope).toBe(`openid offline_access ${photos}`);
          await world.expectLive(json);
        },
      };
    },
  },
  {
    name: "a logout app's answer",
    rule: 'OpenID Connect RP-Initiated Logout §2',
    winners: 'all',
    isWon: isAnswered,
    mint: async (world) => {
      const { browser, challenge, sid } = await startLogout(world);
      return {
        use: (server) => world.answer(server, `${REQUESTS}/logout/accept?logout_challenge=${challenge}`, {}),
        holds: async (won) => {
          await browser.go(nextOfAll(won));
          await expectLoggedOutOnce(world, sid);
        },
      };
    },
  },
  {
    name: "a device app's answer",
    rule: 'RFC 8628 §3.3',
    winners: 'all',
    isWon: isAnswered,
    mint: async (world) => {
      const { device_code, user_code } = await startDevice(world);
      const page = await world.browser.go('/oauth2/device/verify');
      const path = `${REQUESTS}/device/accept?device_challenge=${parameterOf(nextOf(page), 'device_challenge')}`;
      return {
        use: (server) => world.answer(server, path, { user_code }),
        holds: async (won) => {
          await world.browser.walk(nextOfAll(won));
          await expectDeviceServed(world, device_code);
        },
      };
    },
  },
  {
    name: 'a registration access token',
    rule: 'RFC 7592 §2.2, §3: an update gives another token in its place',
    isWon: isAnswered,
    lost: 'The request could not be authorized',
    mint: async (world) => {
      const url = `${world.client.server.public}/oauth2/register`;
      const { json: client } = await send('POST', url, { body: JSON.stringify({ client_name: 'at first' }) });
      const path = `/oauth2/register/${client.client_id as string}`;
      const bearer = (token: unknown): Record<string, string> => ({ authorization: `Bearer ${token as string}` });
      return {
        use: (server, i) => ({
          method: 'PUT',
          url: server.public + path,
          headers: { 'content-type': 'application/json', ...bearer(client.registration_access_token) },
          body: JSON.stringify({ client_name: `change ${String(i)}` }),
        }),
        holds: async ([won]) => {
          for (const server of world.servers) {
            const headers = bearer(won?.json.registration_access_token);
            const { status, json } = await send('GET', server.public + path, { headers });
            expect([status, json.client_name]).toEqual([200, won?.json.client_name]);
          }
        },
      };
    },
  },
];
