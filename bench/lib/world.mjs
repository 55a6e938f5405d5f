// What a generator process knows of the server that it drives: its virtual users, and the clients and tokens that were made
// before the clock started. Each pool is made once, when the first scenario asks for it.
import { randomBytes } from 'node:crypto';
import { Connection } from './http.mjs';

export const CALLBACK = 'http://127.0.0.1:5555/callback';
export const RESOURCE = 'https://api.bench.example/orders';
export const random = (bytes = 16) => randomBytes(bytes).toString('base64url');
export const pick = (list) => list[Math.floor(Math.random() * list.length)];
export function check(condition, what, answer) {
  if (!condition) throw new Error(answer ? `${what}: ${answer.status} ${answer.text.slice(0, 200)}` : what);
}
export const bearer = (token) => `authorization: Bearer ${token}\r\n`;

/** A virtual user: one keep-alive connection to each port, that for mutual TLS with a certificate, used for one request at a time. */
class User {
  constructor(index, target) {
    Object.assign(this, { index, public: new Connection(target.publicPort), admin: new Connection(target.adminPort) });
    const { port, ...own } = target.mtls ?? {};
    if (port)
      this.mtls = new Connection(port, {
        cert: own.cert,
        key: own.key,
        ca: own.authority,
        servername: '',
        checkServerIdentity: () => undefined,
      });
  }
}

const once = (make) => {
  let made;
  return function () {
    return (made ??= make.call(this));
  };
};

export class World {
  /** Access tokens that the issuing scenarios made: `revoke` uses them up. */
  issued = [];
  constructor(target, { connections, pool, clients }) {
    Object.assign(this, {
      target,
      size: { pool, clients },
      users: Array.from({ length: connections }, (_, i) => new User(i, target)),
    });
  }
  /** Runs `task(user)` `count` times, over all connections at once. */
  async times(count, task) {
    let left = count;
    const results = [];
    await Promise.all(
      this.users.map(async (user) => {
        while (left-- > 0) results.push(await task(user));
      }),
    );
    return results;
  }
  async createClient(user, over) {
    const r = await user.admin.json('POST', '/admin/clients', {
      client_name: 'bench',
      scope: 'openid offline_access read',
      ...over,
    });
    check(r.status === 201, 'create client', r);
    const { client_id: id, client_secret: secret } = r.json;
    return {
      id,
      secret,
      basic: `authorization: Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}\r\n`,
    };
  }

  machines = once(() => this.times(20, (u) => this.createClient(u, { grant_types: ['client_credentials'] })));
  jwtMachines = once(() =>
    this.times(20, (u) => this.createClient(u, { grant_types: ['client_credentials'], access_token_strategy: 'jwt' })),
  );
  webClients = once(() =>
    this.times(5, (u) =>
      this.createClient(u, {
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [CALLBACK],
      }),
    ),
  );
  publicClients = once(() =>
    this.times(5, (u) =>
      this.createClient(u, {
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'none',
      }),
    ),
  );
  /** Distinct active opaque access tokens: [{ token, client }]. */
  tokens = once(async () => {
    const machines = await this.machines();
    return this.times(this.size.pool, (u) => this.clientCredentials(u, pick(machines)));
  });
  /** Registered clients, so that a page of the list is one of many. */
  manyClients = once(() =>
    this.times(this.size.clients, (u) => this.createClient(u, { grant_types: ['client_credentials'] })),
  );

  /** Clients that may ask for RESOURCE. */
  audienceMachines = once(() =>
    this.times(20, (u) => this.createClient(u, { grant_types: ['client_credentials'], audience: [RESOURCE] })),
  );

  /** @param more parameters of the request */
  async clientCredentials(user, client, more = {}) {
    const r = await user.public.form(
      '/oauth2/token',
      { grant_type: 'client_credentials', scope: 'read', ...more },
      client.basic,
    );
    const t = r.json;
    check(
      r.status === 200 && t?.access_token && /^bearer$/i.test(t.token_type) && t.expires_in > 0,
      'client credentials',
      r,
    );
    return { token: t.access_token, client };
  }
}
