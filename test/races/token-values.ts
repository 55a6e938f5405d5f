/** Single-use values of the token endpoint. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { CIBA, CLIENT_ASSERTION_JWT, DEVICE_CODE, JWT_BEARER } from '../../src/protocol/constants.js';
import { answerCiba, CibaParty } from '../support/ciba-app.js';
import { exchanged, service, TOKEN_TYPES, tokensFor, webApp } from '../support/exchange.js';
import { CALLBACK, RelyingParty, type Tokens } from '../support/relying-party.js';
import type { Answer } from '../support/send.js';
import { approveDevice, startDevice } from './browser-values.js';
import type { Fresh, SingleUse } from './single-use.js';
import type { World } from './world.js';

type Form = Record<string, string>;

const isIssued = ({ status }: Answer): boolean => status === 200;

/** A form that gets tokens. @param headers default: the client authenticates with its secret */
function form(world: World, sent: Form, headers: Form = world.client.credentials): Fresh {
  return {
    use: (server) => world.tokenRequest(server, sent, headers),
    holds: async (won) => {
      for (const { json } of won) await world.expectLive(json);
    },
  };
}

/** A form whose use after the response is a replay: when it is sent once more, at the latest, all its tokens end. */
function replayable(world: World, sent: Form): Fresh {
  const ends = async (won: Answer[]): Promise<void> => {
    const { access_token: token = '' } = (won[0]?.json ?? {}) as Partial<Tokens>;
    const again = async (): Promise<boolean> => {
      await world.client.token(sent);
      return world.client.isActive(token);
    };
    await expect.poll(again).toBe(false);
  };
  return { ...form(world, sent), ends };
}

const refreshForm = async (world: World): Promise<Form> => ({
  grant_type: 'refresh_token',
  refresh_token: (await world.tokens()).refresh_token,
});

const refreshToken: SingleUse = {
  name: 'a refresh token',
  rule: 'RFC 9700 §4.14.2',
  isWon: isIssued,
  lost: 'invalid_grant',
  mint: async (world) => replayable(world, await refreshForm(world)),
};

/** RFC 8693: it is used by the client that exchanged. */
const exchangedRefreshToken: SingleUse = {
  name: 'a refresh token that came by token exchange',
  rule: 'RFC 9700 §4.14.2',
  isWon: isIssued,
  lost: 'invalid_grant',
  many: 100,
  mint: async (world) => {
    const gateway = await service(world.client.server);
    const app = await webApp(world.client.server, [gateway]);
    const { access_token: subject } = await tokensFor(app, [gateway]);
    const given = await exchanged(gateway, subject, { requested_token_type: TOKEN_TYPES.refreshToken });
    const sent = { grant_type: 'refresh_token', refresh_token: given.refresh_token };
    const holds = async (won: Answer[]): Promise<void> => {
      for (const { json } of won) await world.expectLive(json, gateway);
    };
    const ends = async (won: Answer[]): Promise<void> => {
      const { access_token: token = '' } = (won[0]?.json ?? {}) as Partial<Tokens>;
      const again = async (): Promise<boolean> => {
        await gateway.token(sent);
        return gateway.isActive(token);
      };
      await expect.poll(again).toBe(false);
    };
    return { ...form(world, sent, gateway.credentials), holds, ends };
  },
};

/** Each use within the period gets separate tokens, up to a maximum number. */
export const refreshTokenWithGrace = (uses: number): SingleUse => ({
  ...refreshToken,
  winners: uses,
  mint: async (world) => form(world, await refreshForm(world)),
});

export const TOKEN_VALUES: SingleUse[] = [
  {
    name: 'an authorization code',
    rule: 'RFC 6749 §4.1.2',
    isWon: isIssued,
    lost: 'invalid_grant',
    mint: async (world) =>
      replayable(world, { grant_type: 'authorization_code', code: await world.code(), redirect_uri: CALLBACK }),
  },
  refreshToken,
  exchangedRefreshToken,
  {
    name: 'a device code',
    rule: 'RFC 8628 §3.5',
    isWon: isIssued,
    lost: 'invalid_grant',
    mint: async (world) => {
      const { device_code = '', user_code = '' } = await startDevice(world);
      await approveDevice(world, user_code);
      return form(world, { grant_type: DEVICE_CODE, device_code });
    },
  },
  {
    name: 'an auth_req_id',
    rule: 'CIBA Core §11',
    isWon: isIssued,
    lost: 'invalid_grant',
    many: 100,
    mint: async (world) => {
      const party = await CibaParty.register(world.client.server);
      const { auth, challenge } = await world.askPerson(party);
      await answerCiba(world.client.server, challenge, 'accept');
      return {
        use: (server) => world.tokenRequest(server, { grant_type: CIBA, auth_req_id: auth }, party.client.credentials),
        holds: async (won) => {
          for (const { json } of won) await world.expectLive(json, party.client);
        },
      };
    },
  },
  {
    name: 'the jti of an assertion that authenticates a client',
    rule: 'RFC 7523 §3, claim jti',
    isWon: isIssued,
    lost: 'jti_known',
    mint: async (world) => {
      const { clientId } = await RelyingParty.register(world.client.server, {
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [world.issuer.jwk] },
      });
      const client_assertion = world.issuer.assertion({ iss: clientId, sub: clientId });
      const proof = { client_assertion_type: CLIENT_ASSERTION_JWT, client_assertion };
      return form(world, { grant_type: 'client_credentials', ...proof }, {});
    },
  },
  {
    name: 'the jti of an assertion that stands for a grant',
    rule: 'RFC 7523 §3, claim jti',
    isWon: isIssued,
    lost: 'jti_known',
    mint: (world) => {
      const assertion = world.issuer.assertion({ jti: randomUUID() });
      return Promise.resolve(form(world, { grant_type: JWT_BEARER, assertion, scope: 'photos.read' }));
    },
  },
];
