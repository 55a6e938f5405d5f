import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsController } from '../../../src/clients/administration/clients.controller.js';
import { ClientsModule } from '../../../src/clients/clients.module.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { EventsModule } from '../../../src/events/events.module.js';
import { FlowStoreModule } from '../../../src/flow-store/flow-store.module.js';
import type { RequestHandler } from '../../../src/http/listener/dispatcher.js';
import { hotRoutes } from '../../../src/hot-routes.js';
import type { HotRoute } from '../../../src/http/exchange/exchange.js';
import { HttpAdapter } from '../../../src/http/listener/http-adapter.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { ImportedModule } from '../../../src/imported/imported.module.js';
import { InvalidationModule } from '../../../src/invalidation/invalidation.module.js';
import { Listeners } from '../../../src/http/listener/listeners.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { ClientAuthentication } from '../../../src/clients/authentication/client-authentication.js';
import { errorReply } from '../../../src/http/replies/error-reply.js';

/** A client document or an error: a test reads the members that it expects. */
export type Json = Record<string, unknown> &
  Record<'client_id' | 'client_name' | 'client_secret' | 'registration_access_token', string> &
  Record<'error' | 'error_description', string> & { contacts: string[] };

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

interface Sent {
  json?: unknown;
  body?: string;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

type Ask = (method: string, path: string, sent?: Sent) => Promise<Answer>;

export interface RunningServer {
  admin: Ask;
  public: Ask;
  /** Authenticates at an endpoint that returns the id of the client. */
  authenticate: (form: Record<string, string>, headers?: Record<string, string>) => Promise<Answer>;
  get: <T>(type: new (...args: never[]) => T) => T;
  adminUrl: string;
  close(): Promise<void>;
}

export const PUBLIC_URL = 'https://id.example';

@Module({})
class Root {}

/**
 * `src/clients` behind the real listeners. `env` adds to the configuration. `hot` serves the hot routes of the program
 * before Express, instead of through its controllers.
 */
export async function startServer(dsn: string, env: Record<string, string> = {}, hot = false): Promise<RunningServer> {
  const configuration = loadConfiguration({
    files: [],
    env: {
      ...{ DSN: dsn, SECRETS_SYSTEM: 'a-system-secret-of-the-test', URLS_SELF_ISSUER: PUBLIC_URL, LOG_LEVEL: 'error' },
      ...{ SERVE_PUBLIC_HOST: '127.0.0.1', SERVE_ADMIN_HOST: '127.0.0.1' },
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      OAUTH2_HASHERS_PBKDF2_ITERATIONS: '100',
      ...env,
    },
  });
  const { serve } = configuration;
  const onFreePorts = { public: { ...serve.public, port: 0 }, admin: { ...serve.admin, port: 0 } };
  const root = {
    module: Root,
    imports: [
      ConfigModule.register({ ...configuration, serve: { ...serve, ...onFreePorts } }),
      EventsModule,
      DatabaseModule.register(),
      FlowStoreModule,
      HttpModule,
      ImportedModule,
      InvalidationModule,
      ClientsModule,
    ],
  };
  const app = await NestFactory.create(root, new HttpAdapter(), { bodyParser: false, logger: ['error'] });
  await app.init();
  const listeners = app.get(Listeners);
  await listeners.open(['public', 'admin'], {
    hotRoutes: [authenticated(app.get(ClientAuthentication)), ...(hot ? hotRoutesOf(app) : [])],
    express: app.getHttpAdapter().getInstance() as RequestHandler,
  });
  const ask = { admin: askAt(listeners.address('admin')), public: askAt(listeners.address('public')) };
  return {
    ...ask,
    authenticate: (form, headers = {}) => ask.public('POST', '/authenticate', { form: { x: '1', ...form }, headers }),
    get: (type) => app.get(type, { strict: false }),
    adminUrl: listeners.address('admin'),
    close: async () => {
      await listeners.stop();
      await app.close();
    },
  };
}

/** The hot routes of `src/clients` in the list of the program. */
function hotRoutesOf(app: INestApplication): HotRoute[] {
  const routes = hotRoutes((type) =>
    type.name === ClientsController.name ? app.get(type, { strict: false }) : (undefined as never),
  );
  return routes.filter(({ path }) => path.startsWith('/admin/clients'));
}

function authenticated(authentication: ClientAuthentication): HotRoute {
  return {
    listener: 'public',
    method: 'POST',
    path: '/authenticate',
    endpoint: async (exchange) => {
      try {
        const { client } = await authentication.authenticate(exchange, await exchange.form());
        return jsonReply(200, { client_id: client.clientId });
      } catch (error) {
        return errorReply(error, exchange);
      }
    },
  };
}

const askAt =
  (base: string): Ask =>
  async (method, path, { json, form, body, headers = {} } = {}) => {
    const sent = form ? new URLSearchParams(form) : (body ?? (json === undefined ? undefined : JSON.stringify(json)));
    const response = await fetch(base + path, { method, body: sent, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) as Json };
  };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The header of RFC 6749 §2.3.1. */
export function basic(id: string, secret: string): Record<string, string> {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
