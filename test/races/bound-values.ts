/** Single-use values of clients that prove possession of a key (RFC 9449). */
import { expect } from 'vitest';
import { BoundParty } from '../support/bound-party.js';
import { CALLBACK } from '../support/relying-party.js';
import { type Answer, send } from '../support/send.js';
import type { Fresh, SingleUse } from './single-use.js';
import type { World } from './world.js';

type Form = Record<string, string>;

const MANY = 100;
const TOKEN = '/oauth2/token';
const isAccepted = ({ status }: Answer): boolean => status === 200;

const publicParty = ({ client }: World): Promise<BoundParty> =>
  BoundParty.register(client.server, { token_endpoint_auth_method: 'none' });

/** The token is active and bound to the key of the client, at every process. */
async function expectBound(world: World, { key }: BoundParty, token: unknown): Promise<void> {
  for (const server of world.servers) {
    const body = new URLSearchParams({ token: String(token) });
    const { json } = await send('POST', `${server.admin}/admin/oauth2/introspect`, { body });
    expect(json).toMatchObject({ active: true, cnf: { jkt: key.jkt } });
  }
}

/** A form of a public client that each use sends with another proof of the same key. */
function form(world: World, bound: BoundParty, sent: Form): Fresh {
  const whole = { client_id: bound.party.clientId, ...sent };
  return {
    use: (server) => world.tokenRequest(server, whole, { dpop: bound.proof('POST', TOKEN) }),
    holds: async ([won]) => {
      const { access_token: access, refresh_token: refresh } = won!.json;
      for (const token of [access, refresh]) await expectBound(world, bound, token);
      const { status, json, text } = await bound.refresh(refresh);
      expect(status, text).toBe(200);
      await expectBound(world, bound, json.access_token);
    },
    ends: async ([won]) => {
      const again = async (): Promise<unknown> => {
        await bound.token(sent);
        return (await bound.introspect(won?.json.access_token)).active;
      };
      await expect.poll(again).toBe(false);
    },
  };
}

export const BOUND_VALUES: SingleUse[] = [
  {
    name: 'a proof with which a token is issued',
    rule: 'RFC 9449 §11.1',
    many: MANY,
    isWon: isAccepted,
    lost: 'invalid_dpop_proof',
    mint: async (world) => {
      const bound = await BoundParty.register(world.client.server, { grant_types: ['client_credentials'] });
      const headers = { ...bound.party.credentials, dpop: bound.proof('POST', TOKEN) };
      return {
        use: (server) => world.tokenRequest(server, { grant_type: 'client_credentials' }, headers),
        holds: async ([won]) => {
          await expectBound(world, bound, won?.json.access_token);
          expect((await bound.clientCredentials()).status).toBe(200);
        },
      };
    },
  },
  {
    name: 'a proof with which a token is used',
    rule: 'RFC 9449 §11.1',
    many: MANY,
    isWon: isAccepted,
    lost: 'invalid_dpop_proof',
    mint: async (world) => {
      const bound = await publicParty(world);
      const { access_token: token = '', refresh_token: refresh } = await bound.tokens();
      const dpop = bound.proof('GET', '/userinfo', { token });
      return {
        use: (server) => ({
          method: 'GET',
          url: `${server.public}/userinfo`,
          headers: { authorization: `DPoP ${token}`, dpop },
        }),
        holds: async () => {
          await expectBound(world, bound, token);
          expect((await bound.resource(token)).status).toBe(200);
          expect((await bound.refresh(refresh)).status).toBe(200);
        },
      };
    },
  },
  {
    name: 'a refresh token that is bound to a key, with a proof of its own each time',
    rule: 'RFC 9449 §5, RFC 9700 §4.14.2',
    many: MANY,
    isWon: isAccepted,
    lost: 'invalid_grant',
    mint: async (world) => {
      const bound = await publicParty(world);
      const { refresh_token = '' } = await bound.tokens();
      return form(world, bound, { grant_type: 'refresh_token', refresh_token });
    },
  },
  {
    name: 'an authorization code that is bound to a key, with a proof of its own each time',
    rule: 'RFC 9449 §10, RFC 6749 §4.1.2',
    many: MANY,
    isWon: isAccepted,
    lost: 'invalid_grant',
    mint: async (world) => {
      const bound = await publicParty(world);
      const code = await bound.party.code({ dpop_jkt: bound.key.jkt });
      return form(world, bound, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
    },
  },
];
