// One entry per scenario. `prepare(world)` runs before the clock starts; `op(user, world)` is one operation: it throws on any
// wrong response, and returns false when its supply is used up. `least` is the least that any server must spend: the requests
// that it answers, and the single-row inserts and selects by key, RS256-2048 signatures and password hashes.
// `floor` names the floor that the scenario's rate is divided by. `oauth2`: keys that switch on what it needs, for a server of
// its own, and `settings` further keys; such scenarios run against this build alone.
import { createPublicKey, verify } from 'node:crypto';
import { keyOf, tokenProof } from './dpop.mjs';
import { acceptAll, CIBA_HOOK } from './ciba-hook.mjs';
import { beginFlow, codeFlow, Jar, push } from './flow.mjs';
import { SUBJECT } from './mutual-tls.mjs';
import { bearer, check, pick, random, RESOURCE } from './world.mjs';

const JWT_CHECKED = 16; // the signature of one response in so many is verified; the others are parsed

async function publicKeys(world) {
  const { keys } = (await world.users[0].public.get('/.well-known/jwks.json')).json;
  world.keys = new Map(keys.map((k) => [k.kid, createPublicKey({ key: k, format: 'jwk' })]));
}
function checkJwt(world, user, token) {
  const [head, body, signature] = token.split('.');
  check(signature, `not a JWT: ${token.slice(0, 60)}`);
  const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url'));
  const key = world.keys.get(kid);
  check(
    key && JSON.parse(Buffer.from(body, 'base64url')).iss === world.target.issuer,
    'JWT of an unknown key or issuer',
  );
  user.jwts = (user.jwts ?? 0) + 1;
  if (user.jwts % JWT_CHECKED === 1 && alg === 'RS256')
    check(verify('sha256', `${head}.${body}`, key, Buffer.from(signature, 'base64url')), 'bad JWT signature');
}
const introspect = (user, token) => user.admin.form('/admin/oauth2/introspect', { token });

/** One refresh chain per connection; `clients` names the pool of the world that its client comes from. */
const refresh = (clients) => ({
  least: { requests: 1, inserts: 1, signs: 1 },
  floor: 'insert',
  async prepare(world) {
    const pool = await world[clients]();
    await Promise.all(
      world.users.map(async (user) => {
        const client = pick(pool);
        user[clients] = { client, token: (await codeFlow(user, client)).refresh_token };
      }),
    );
  },
  async op(user) {
    const chain = user[clients],
      { client } = chain;
    const r = await user.public.form(
      '/oauth2/token',
      {
        grant_type: 'refresh_token',
        refresh_token: chain.token,
        ...(clients === 'publicClients' ? { client_id: client.id } : {}),
      },
      clients === 'publicClients' ? '' : client.basic,
    );
    const t = r.json;
    if (r.status !== 200) chain.token = (await codeFlow(user, client)).refresh_token; // a broken chain counts as one error, then starts anew
    check(
      r.status === 200 && t?.access_token && t.id_token && t.refresh_token && t.refresh_token !== chain.token,
      'refresh',
      r,
    );
    chain.token = t.refresh_token;
  },
});

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const DPOP = { dpop: { enabled: true } };

const CIBA = 'urn:openid:params:grant-type:ciba';

async function boundToken(user, world) {
  const { basic } = pick(await world.machines());
  const form = { grant_type: 'client_credentials', scope: 'read' };
  const r = await user.public.form('/oauth2/token', form, basic + tokenProof(user, world));
  check(r.status === 200 && r.json?.access_token && r.json.token_type === 'DPoP', 'bound client credentials', r);
  return r.json.access_token;
}

export const scenarios = {
  discovery: {
    what: 'GET /.well-known/openid-configuration',
    least: { requests: 1 },
    floor: 'hello',
    async op(user, world) {
      const r = await user.public.get('/.well-known/openid-configuration');
      check(
        r.status === 200 && r.json?.token_endpoint && r.json.issuer.replace(/\/$/, '') === world.target.issuer,
        'discovery',
        r,
      );
    },
  },
  jwks: {
    what: 'GET /.well-known/jwks.json',
    least: { requests: 1 },
    floor: 'hello',
    async op(user) {
      const r = await user.public.get('/.well-known/jwks.json');
      check(r.status === 200 && r.json?.keys?.length > 0, 'jwks', r);
    },
  },
  'client-credentials': {
    what: 'POST /oauth2/token, client_secret_basic, opaque token; 20 clients',
    least: { requests: 1, inserts: 1 },
    floor: 'insert',
    prepare: (world) => world.machines(),
    async op(user, world) {
      world.issued.push(await world.clientCredentials(user, pick(await world.machines())));
    },
  },
  'client-credentials-jwt': {
    what: 'the same with `access_token_strategy: jwt` on the client',
    least: { requests: 1, inserts: 1, signs: 1 },
    floor: 'insert',
    async prepare(world) {
      await world.clientCredentials(world.users[0], (await world.jwtMachines())[0]);
      await publicKeys(world);
    },
    async op(user, world) {
      checkJwt(world, user, (await world.clientCredentials(user, pick(await world.jwtMachines()))).token);
    },
  },
  introspect: {
    what: 'POST /admin/oauth2/introspect, a random active opaque token of the pool',
    least: { requests: 1, selects: 1 },
    floor: 'select',
    prepare: (world) => world.tokens(),
    async op(user, world) {
      const { token, client } = pick(await world.tokens());
      const r = await introspect(user, token);
      check(r.status === 200 && r.json?.active === true && r.json.client_id === client.id, 'introspect', r);
    },
  },
  'introspect-inactive': {
    what: 'the same with random text, a real token with a changed secret part, or a revoked token, in turn',
    least: { requests: 1, selects: 1 },
    floor: 'select',
    async prepare(world) {
      const machines = await world.machines();
      world.revoked = await world.times(64, async (user) => {
        const { token, client } = await world.clientCredentials(user, pick(machines));
        check((await user.public.form('/oauth2/revoke', { token }, client.basic)).status === 200, 'revoke');
        return token;
      });
    },
    async op(user, world) {
      user.turn = ((user.turn ?? 0) + 1) % 3;
      const real = pick(world.revoked);
      const r = await introspect(user, [random(40), real.slice(0, -24) + random(18), real][user.turn]);
      check(r.status === 200 && r.json?.active === false, 'introspect inactive', r);
    },
  },
  'introspect-hostile': {
    what: 'the same with what strangers send: a token of another server, a token with text behind it, 64 KiB of letters',
    least: { requests: 1 },
    floor: 'hello',
    async prepare(world) {
      const { token } = await world.clientCredentials(world.users[0], pick(await world.machines()));
      const foreign = `ory_at_${random(32)}.${random(32)}`;
      world.hostile = [
        foreign,
        `${token}A`,
        `${token} `,
        'a'.repeat(65_536),
        token.toUpperCase(),
        'eyJhbGciOiJub25lIn0.e30.',
      ];
    },
    async op(user, world) {
      const r = await introspect(user, pick(world.hostile));
      check(r.status === 200 && r.json?.active === false, 'introspect hostile', r);
    },
  },
  refresh: {
    what: 'POST /oauth2/token, refresh_token with rotation, client_secret_basic, opaque access token and ID token; one chain a connection',
    ...refresh('webClients'),
  },
  'refresh-public': {
    what: 'the same by a client without a secret, which leaves out the hash',
    ...refresh('publicClients'),
  },
  'code-flow': {
    what: 'a new visitor: authorize, login read and accept, authorize, consent read and accept, authorize, token; 8 requests',
    least: { requests: 8, inserts: 2, signs: 1 },
    floor: 'insert',
    prepare: (world) => world.webClients(),
    async op(user, world) {
      await codeFlow(user, pick(await world.webClients()));
    },
  },
  'code-flow-remembered': {
    what: 'the second visit, login and consent remembered (`skip`); 8 requests',
    least: { requests: 8, inserts: 2, signs: 1 },
    floor: 'insert',
    async prepare(world) {
      const clients = await world.webClients();
      await Promise.all(
        world.users.map(async (user) => {
          Object.assign(user, {
            jar: new Jar(),
            subject: `remembered-${user.index}-${random(4)}`,
            client: pick(clients),
          });
          await codeFlow(user, user.client, { jar: user.jar, subject: user.subject, remember: true });
        }),
      );
    },
    async op(user) {
      const { remembered } = await codeFlow(user, user.client, { jar: user.jar, subject: user.subject });
      check(remembered, 'the second visit was not remembered');
    },
  },
  userinfo: {
    what: 'GET /userinfo, a random one of 64 opaque access tokens',
    least: { requests: 1, selects: 1 },
    floor: 'select',
    async prepare(world) {
      const clients = await world.webClients();
      world.sessions = await world.times(64, (user) => codeFlow(user, pick(clients)));
    },
    async op(user, world) {
      const { access_token: token, subject } = pick(world.sessions);
      const r = await user.public.get('/userinfo', bearer(token));
      check(r.status === 200 && r.json?.sub === subject, 'userinfo', r);
    },
  },
  'get-client': {
    what: 'GET /admin/clients/{id}, a random one',
    least: { requests: 1, selects: 1 },
    floor: 'select',
    prepare: (world) => world.manyClients(),
    async op(user, world) {
      const { id } = pick(await world.manyClients());
      const r = await user.admin.get(`/admin/clients/${id}`);
      check(r.status === 200 && r.json?.client_id === id, 'get client', r);
    },
  },
  'list-clients': {
    what: 'GET /admin/clients?page_size=100, walking the pages by the Link header',
    least: { requests: 1, selects: 1 },
    floor: 'select',
    prepare: (world) => world.manyClients(),
    async op(user) {
      const r = await user.admin.get(user.page ?? '/admin/clients?page_size=100');
      const next = /<([^>]+)>; *rel="next"/.exec(r.header('link') ?? '')?.[1];
      check(
        r.status === 200 && Array.isArray(r.json) && (r.json.length === 100 || (!next && r.json.length > 0)),
        'list clients',
        r,
      );
      const url = next && new URL(next, user.admin.origin);
      user.page = url ? url.pathname + url.search : undefined;
    },
  },
  'create-client': {
    what: 'POST /admin/clients',
    least: { requests: 1, inserts: 1, hashes: 1 },
    floor: 'insert',
    async op(user, world) {
      const c = await world.createClient(user, { grant_types: ['client_credentials'] });
      check(c.id && c.secret, 'create client');
    },
  },
  revoke: {
    what: 'POST /oauth2/revoke, client_secret_basic, an active opaque access token each time',
    least: { requests: 1, inserts: 1 },
    floor: 'insert',
    prepare: (world) => world.tokens(),
    async op(user, world) {
      const next = world.issued.pop() ?? (await world.tokens()).pop();
      if (!next) return false;
      const r = await user.public.form('/oauth2/revoke', { token: next.token }, next.client.basic);
      check(r.status === 200, 'revoke', r);
    },
  },
  'par-push': {
    what: 'POST /oauth2/par, client_secret_basic: a code request with PKCE',
    least: { requests: 1, inserts: 1 },
    floor: 'insert',
    oauth2: { pushed_authorization_requests: { enabled: true } },
    prepare: (world) => world.webClients(),
    async op(user, world) {
      await push(user, pick(await world.webClients()));
    },
  },
  'par-code-flow': {
    what: 'code-flow with a pushed request and PKCE; 9 requests',
    least: { requests: 9, inserts: 3, signs: 1 },
    floor: 'insert',
    oauth2: { pushed_authorization_requests: { enabled: true } },
    prepare: (world) => world.webClients(),
    async op(user, world) {
      await codeFlow(user, pick(await world.webClients()), { pushes: true });
    },
  },
  'client-credentials-resource': {
    what: 'client-credentials with `resource`, which the audiences of the client permit (RFC 8707)',
    least: { requests: 1, inserts: 1 },
    floor: 'insert',
    oauth2: { resource_indicators: { enabled: true } },
    async prepare(world) {
      const [client] = await world.audienceMachines();
      const { token } = await world.clientCredentials(world.users[0], client, { resource: RESOURCE });
      const { json } = await introspect(world.users[0], token);
      check(json.aud?.includes(RESOURCE), `the token is for ${JSON.stringify(json.aud)}`);
    },
    async op(user, world) {
      await world.clientCredentials(user, pick(await world.audienceMachines()), { resource: RESOURCE });
    },
  },
  'token-exchange': {
    what: 'token exchange (RFC 8693) of an opaque token; the client exchanges one of its own',
    least: { requests: 1, inserts: 1, selects: 1 },
    floor: 'insert',
    oauth2: { token_exchange: { enabled: true } },
    async prepare(world) {
      const grant_types = ['client_credentials', TOKEN_EXCHANGE];
      world.exchangers = await world.times(20, async (user) => {
        const client = await world.createClient(user, { grant_types });
        return { client, token: (await world.clientCredentials(user, client)).token };
      });
    },
    async op(user, world) {
      const { client, token } = pick(world.exchangers);
      const form = {
        grant_type: TOKEN_EXCHANGE,
        subject_token: token,
        subject_token_type: ACCESS_TOKEN,
        scope: 'read',
      };
      const r = await user.public.form('/oauth2/token', form, client.basic);
      check(r.status === 200 && r.json?.access_token && r.json.issued_token_type === ACCESS_TOKEN, 'token exchange', r);
    },
  },
  'ciba-poll-pending': {
    what: 'POST /oauth2/token for an auth_req_id whose person has not answered; as many open requests as tokens in the pool',
    least: { requests: 1 },
    floor: 'hello',
    oauth2: {},
    settings: {
      oidc: { ciba: { enabled: true, hook: CIBA_HOOK, max_open_per_hint: 1 } },
      ttl: { ciba_request: '24h' },
    },
    async prepare(world) {
      const hook = await acceptAll();
      const machines = await world.times(20, (u) => world.createClient(u, { grant_types: [CIBA] }));
      world.asked = await world.times(world.size.pool, async (user) => {
        const client = pick(machines);
        const form = { scope: 'openid', login_hint: random() };
        const r = await user.public.form('/oauth2/ciba/auth', form, client.basic);
        check(r.status === 200 && r.json?.auth_req_id, 'backchannel authentication', r);
        return { id: r.json.auth_req_id, client };
      });
      hook.close();
    },
    async op(user, world) {
      const { id, client } = pick(world.asked);
      const r = await user.public.form('/oauth2/token', { grant_type: CIBA, auth_req_id: id }, client.basic);
      check(['authorization_pending', 'slow_down'].includes(r.json?.error), 'poll', r);
    },
  },
  'dpop-client-credentials': {
    what: 'client-credentials with a new proof of possession (ES256) each',
    least: { requests: 1, inserts: 2 },
    floor: 'insert',
    oauth2: DPOP,
    prepare: (world) => world.machines(),
    async op(user, world) {
      await boundToken(user, world);
    },
  },
  'dpop-refresh-public': {
    what: 'refresh-public with a new proof each; one bound chain a connection',
    least: { requests: 1, inserts: 2, signs: 1 },
    floor: 'insert',
    oauth2: DPOP,
    async prepare(world) {
      const clients = await world.publicClients();
      await Promise.all(
        world.users.map(async (user) => {
          const client = pick(clients);
          user.bound = { client, tokens: await codeFlow(user, client, { proof: tokenProof(user, world) }) };
        }),
      );
    },
    async op(user, world) {
      const { client, tokens } = user.bound;
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: client.id };
      const r = await user.public.form('/oauth2/token', form, tokenProof(user, world));
      check(r.status === 200 && r.json?.token_type === 'DPoP' && r.json.refresh_token, 'bound refresh', r);
      user.bound.tokens = r.json;
    },
  },
  'dpop-userinfo': {
    what: 'userinfo with a bound token and a new proof each; one token a connection',
    least: { requests: 1, inserts: 1, selects: 1 },
    floor: 'insert',
    oauth2: DPOP,
    async prepare(world) {
      const clients = await world.webClients();
      await Promise.all(
        world.users.map(async (user) => {
          user.session = await codeFlow(user, pick(clients), { proof: tokenProof(user, world) });
        }),
      );
    },
    async op(user, world) {
      const { access_token: token, subject } = user.session;
      const proof = keyOf(user).line('GET', `${world.target.issuer}/userinfo`, token);
      const r = await user.public.get('/userinfo', `authorization: DPoP ${token}\r\n${proof}`);
      check(r.status === 200 && r.json?.sub === subject, 'bound userinfo', r);
    },
  },
  'dpop-introspect': {
    what: 'introspect with a bound token of the pool',
    least: { requests: 1, selects: 1 },
    floor: 'select',
    oauth2: DPOP,
    async prepare(world) {
      world.boundTokens = await world.times(64, (user) => boundToken(user, world));
    },
    async op(user, world) {
      const r = await introspect(user, pick(world.boundTokens));
      check(r.status === 200 && r.json?.active === true && r.json.cnf?.jkt, 'introspect bound', r);
    },
  },
  'mtls-client-credentials': {
    what: 'client-credentials on the listener for mutual TLS, tls_client_auth; one handshake a connection',
    least: { requests: 1, inserts: 1 },
    floor: 'insert',
    oauth2: { mtls: { enabled: true } },
    async prepare(world) {
      world.certified = await world.times(20, (user) =>
        world.createClient(user, {
          grant_types: ['client_credentials'],
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_subject_dn: SUBJECT,
        }),
      );
    },
    async op(user, world) {
      const form = { grant_type: 'client_credentials', scope: 'read', client_id: pick(world.certified).id };
      const r = await user.mtls.form('/oauth2/token', form);
      check(r.status === 200 && r.json?.access_token, 'client credentials with a certificate', r);
    },
  },
};

/** The first step alone, for flows that stay open. */
export const authorize = {
  prepare: (world) => world.webClients(),
  async op(user, world) {
    await beginFlow(user, pick(await world.webClients()));
  },
};

/** The raw floor: the same generator against a server that does nothing. */
export const hello = {
  async op(user) {
    const r = await user.public.get('/');
    check(r.status === 200 && r.json?.ok === true, 'hello', r);
  },
};
