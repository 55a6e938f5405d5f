/**
 * What is bound to a key or certificate (RFC 9449, RFC 8705) stays bound to it, whatever happens to the server between two
 * steps of a flow: requests without it, and with another one, are refused and spend nothing.
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killAll, program, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { RedisServer } from '../integration/flow-store/redis-server.js';
import { certificate, type Certificate } from '../support/certificates.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import { ProofKey } from '../support/dpop-client.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { redisUrl } from '../support/redis.js';
import { type Answer, CALLBACK, RelyingParty, send } from '../support/relying-party.js';
import { ISSUER, type TestServer, testSettings } from '../support/server.js';

type Form = Record<string, string>;
/** Whose key or certificate a request has. */
type Who = 'own' | 'other' | 'nobody';

/** A way to prove possession. */
interface Way {
  /** Members of the client's document. */
  client: Record<string, unknown>;
  cnf: unknown;
  scheme: string;
  /** Whether a code is bound before it is redeemed. */
  bindsCodes: boolean;
  headers: (who: Who, method: string, path: string, token?: string) => Form;
}

function byProof(): Way {
  const keys = { own: new ProofKey(), other: new ProofKey() };
  return {
    client: { dpop_bound_access_tokens: true },
    cnf: { jkt: keys.own.jkt },
    scheme: 'DPoP',
    bindsCodes: true,
    headers: (who, method, path, token): Form =>
      who === 'nobody' ? {} : { dpop: keys[who].proof(method, ISSUER + path, { token }) },
  };
}

function byCertificate(certificates: { own: Certificate; other: Certificate }): Way {
  return {
    client: { tls_client_certificate_bound_access_tokens: true },
    cnf: { 'x5t#S256': certificates.own.thumbprint },
    scheme: 'Bearer',
    bindsCodes: false,
    headers: (who): Form =>
      who === 'nobody' ? {} : { 'client-cert': `:${certificates[who].der.toString('base64')}:` },
  };
}

/** The built program, whose process is replaced and whose addresses change with it. */
class Server implements TestServer {
  public = '';
  admin = '';
  secrets = [randomUUID()];
  private child: Running | undefined;

  constructor(
    private readonly dsn: string,
    private readonly redis: string | undefined,
    private readonly folder: Folder,
  ) {}

  async start(): Promise<void> {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const host = '127.0.0.1';
    const all = {
      ...testSettings(this.dsn, {
        oauth2: {
          dpop: { enabled: true },
          mtls: { enabled: true, proxy: { header: 'client-cert', format: 'rfc9440' } },
          pushed_authorization_requests: { enabled: true },
        },
        ttl: { pushed_authorization_request: '9m' },
        ...(this.redis === undefined ? {} : { redis: { url: this.redis } }),
      }),
      secrets: { system: this.secrets },
      serve: { public: { host, port: onPublic, trusted_proxies: [`${host}/32`] }, admin: { host, port: onAdmin } },
      log: { level: 'info' },
    };
    const file = this.folder.write('config.json', JSON.stringify(all));
    this.child = new Running(['serve', 'all', '--dev', '-c', file], {});
    for (const name of ['public', 'admin']) await this.child.says(`The ${name} listener is open on`);
    this.public = `http://${host}:${String(onPublic)}`;
    this.admin = `http://${host}:${String(onAdmin)}`;
  }

  /** The process ends without a chance to save anything. */
  async stop(): Promise<void> {
    this.child?.signal('SIGKILL');
    await this.child?.ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
}

/** A public client in the middle of a flow. */
class Flow {
  private constructor(
    private readonly server: Server,
    private readonly way: Way,
    private readonly party: RelyingParty,
    private readonly browser: CookieBrowser,
  ) {}

  static async begin(server: Server, way: Way, over: Record<string, unknown>): Promise<Flow> {
    const document = { token_endpoint_auth_method: 'none', ...way.client, ...over };
    return new Flow(server, way, await RelyingParty.register(server, document), new CookieBrowser(server));
  }

  post(path: string, form: Form, who: Who): Promise<Answer> {
    const body = new URLSearchParams({ client_id: this.party.clientId, ...form });
    return send('POST', this.server.public + path, { body, headers: this.way.headers(who, 'POST', path) });
  }

  /** The address of a pushed request, which has the proof. */
  async pushed(): Promise<string> {
    const form = Object.fromEntries(new URL(this.party.address(), CALLBACK).searchParams);
    const { json, text } = await this.post('/oauth2/par', form, 'own');
    expect(json.request_uri, text).toBeDefined();
    return this.party.pushedAddress(String(json.request_uri));
  }

  async code(address: string): Promise<string> {
    return (await this.browser.follow(address)).get('code') ?? expect.fail('There is no code.');
  }

  redeem(code: string, who: Who): Promise<Answer> {
    return this.post('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, who);
  }

  refresh(token: unknown, who: Who): Promise<Answer> {
    return this.post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: String(token) }, who);
  }

  userinfo(token: string, who: Who): Promise<Answer> {
    const headers = {
      authorization: `${this.way.scheme} ${token}`,
      ...this.way.headers(who, 'GET', '/userinfo', token),
    };
    return send('GET', `${this.server.public}/userinfo`, { headers });
  }

  async expectUnredeemable(code: string): Promise<void> {
    for (const who of this.way.bindsCodes ? (['nobody', 'other'] as const) : (['nobody'] as const)) {
      const { status, text } = await this.redeem(code, who);
      expect(status, text).toBe(400);
    }
  }

  /** Each token is bound to the own key; strangers get nothing for it and spend nothing. */
  async expectBound({ access_token: access, refresh_token: refresh }: Answer['json']): Promise<void> {
    for (const token of [access, refresh]) {
      const body = new URLSearchParams({ token: String(token) });
      const { json } = await send('POST', `${this.server.admin}/admin/oauth2/introspect`, { body });
      expect(json).toMatchObject({ active: true, cnf: this.way.cnf });
    }
    for (const who of ['nobody', 'other'] as const) {
      expect((await this.userinfo(String(access), who)).status).toBe(401);
      const { status, text } = await this.refresh(refresh, who);
      expect(status, text).toBe(400);
    }
    const own = await this.userinfo(String(access), 'own');
    expect([own.status, own.json.sub], own.text).toEqual([200, 'alice']);
  }
}

async function issued(asked: Promise<Answer>): Promise<Answer['json']> {
  const { status, json, text } = await asked;
  expect(status, text).toBe(200);
  return json;
}

/** What happens to the server between two steps. */
interface Incident {
  name: string;
  client?: Record<string, unknown>;
  happens: (server: Server) => Promise<void>;
}

const INCIDENTS: Incident[] = [
  { name: 'the process is killed', happens: (server) => server.restart() },
  {
    name: 'the system secret is replaced',
    happens: async (server) => {
      server.secrets.unshift(randomUUID());
      await server.restart();
    },
  },
  {
    name: 'the signing keys are replaced',
    client: { access_token_strategy: 'jwt' },
    happens: async ({ admin }) => {
      for (const set of ['hydra.openid.id-token', 'hydra.jwt.access-token']) {
        const body = JSON.stringify({ alg: 'RS256', use: 'sig', kid: randomUUID() });
        const { status, text } = await send('POST', `${admin}/admin/keys/${set}`, { body });
        expect(status, text).toBe(201);
      }
    },
  },
];

describe.each(['PostgreSQL', 'Redis'])('bindings, with flows in %s', (store) => {
  const inRedis = store === 'Redis';
  const folder = new Folder();
  let database: TestDatabase;
  let redis: RedisServer | undefined;
  let server: Server;
  let ways: Record<string, Way>;

  beforeAll(async () => {
    await program();
    database = await freshDatabase();
    if (inRedis && redisUrl() !== undefined) {
      redis = await RedisServer.create();
      await redis.start();
    }
    server = new Server(database.dsn, redis?.url, folder);
    const [own, other] = await Promise.all([certificate(), certificate()]);
    ways = { key: byProof(), certificate: byCertificate({ own, other }) };
  });
  afterEach(() => server.stop());
  afterAll(async () => {
    await killAll();
    await redis?.remove();
    await database.drop();
    folder.remove();
  });

  async function begin(way: string, over: Record<string, unknown> = {}): Promise<Flow> {
    await server.start();
    return Flow.begin(server, ways[way]!, over);
  }

  describe.skipIf(inRedis && redisUrl() === undefined).each(['key', 'certificate'])('to a %s', (way) => {
    it.each(INCIDENTS)(
      'hold when $name between the steps',
      async ({ client, happens }) => {
        const flow = await begin(way, client);
        const address = await flow.pushed();
        await happens(server);
        const code = await flow.code(address);
        await happens(server);
        await flow.expectUnredeemable(code);
        const first = await issued(flow.redeem(code, 'own'));
        await happens(server);
        await flow.expectBound(first);
        await flow.expectBound(await issued(flow.refresh(first.refresh_token, 'own')));
      },
      600_000,
    );

    if (!inRedis) return;
    it('hold when the memory of Redis is lost', async () => {
      const flow = await begin(way);
      const tokens = await issued(flow.redeem(await flow.code(await flow.pushed()), 'own'));
      const code = await flow.code(await flow.pushed());
      const administrator = new Redis(redis!.url);
      await administrator.flushall();
      administrator.disconnect();
      await flow.expectUnredeemable(code);
      await flow.expectBound(tokens);
      await server.restart();
      await flow.expectUnredeemable(code);
      await flow.expectBound(tokens);
      await flow.expectBound(await issued(flow.refresh(tokens.refresh_token, 'own')));
    });
  });
});
