import { type DynamicModule, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { EventsModule } from '../../../src/events/events.module.js';
import { HttpAdapter } from '../../../src/http/listener/http-adapter.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { ImportedModule } from '../../../src/imported/imported.module.js';
import { InvalidationModule } from '../../../src/invalidation/invalidation.module.js';
import { Listeners } from '../../../src/http/listener/listeners.js';
import type { RequestHandler } from '../../../src/http/listener/dispatcher.js';
import { KeysModule } from '../../../src/keys/keys.module.js';
import { TrustModule } from '../../../src/trust/trust.module.js';
import { SECRET } from './replica.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

export interface RunningServer {
  admin: Ask;
  public: Ask;
  close(): Promise<void>;
}

@Global()
@Module({})
class GivenConfiguration {
  static register(configuration: Configuration): DynamicModule {
    const holder = { provide: ConfigHolder, useValue: new ConfigHolder(configuration) };
    return { module: GivenConfiguration, providers: [holder], exports: [ConfigHolder] };
  }
}

@Module({})
class Root {}

/** The modules of keys and trust behind the real listeners, on ports chosen by the system. */
export async function startServer(dsn: string): Promise<RunningServer> {
  const root = {
    module: Root,
    imports: [
      GivenConfiguration.register(configure(dsn)),
      EventsModule,
      DatabaseModule.register(),
      HttpModule,
      ImportedModule,
      InvalidationModule,
      KeysModule,
      TrustModule,
    ],
  };
  const app = await NestFactory.create(root, new HttpAdapter(), { bodyParser: false, logger: ['error'] });
  await app.init();
  const listeners = app.get(Listeners);
  const express = app.getHttpAdapter().getInstance() as RequestHandler;
  await listeners.open(['public', 'admin'], { hotRoutes: [], express });
  return {
    admin: askAt(listeners.address('admin')),
    public: askAt(listeners.address('public')),
    close: async () => {
      await listeners.stop();
      await app.close();
    },
  };
}

function configure(dsn: string): Configuration {
  const listener = {
    host: '127.0.0.1',
    port: 0,
    request_log: { disable_for_health: true },
    socket: { owner: '', group: '', mode: 0o755 },
    trusted_proxies: [],
    max_connections: 0,
    tls: { enabled: false, cert: {}, key: {}, allow_termination_from: [] },
    cors: { enabled: false, allowed_origins: [] },
  };
  const secrets = [SECRET];
  return {
    dsn,
    log: { level: 'error', format: 'json', leak_sensitive_values: false, audit: 'off', redaction_text: '' },
    serve: { public: listener, admin: listener, shutdown: { delay: 0, timeout: 5 }, cookies: {} },
    limits: { form: 1_048_576, admin_json: 10_485_760, authorize_query: 65_536 },
    redis: { prefix: 'test:', cluster: [] },
    database: { prepared: 'auto' },
    keys: {
      algorithm: 'RS256',
      rsa_bits: 2048,
      rotation: { enabled: false, every: 86_400, publish_ahead: 3_600, keep_retired: 3_600 },
    },
    clients: {
      http: { disallow_private_ip_ranges: false, private_ip_exception_urls: [] },
      metadata_documents: {
        ...{ enabled: false, allowed_hosts: [], blocked_hosts: [], scope: [] },
        ...{ min_age: 300, max_age: 86_400, max_bytes: 5_120, timeout: 5 },
      },
    },
    oauth2: {
      expose_internal_errors: false,
      encryption: { enabled: false },
      dpop: { enabled: false },
      mtls: { enabled: false },
    },
    ttl: { access_token: 3600 },
    urls: { self: { issuer: 'https://id.example/', public: 'https://id.example/', admin: 'https://admin.example/' } },
    webfinger: { jwks: { broadcast_keys: ['hydra.openid.id-token'] } },
    secrets: { system: secrets, cookie: secrets, pagination: secrets },
    feature_flags: { legacy_allow_insecure_origins: false },
  } as unknown as Configuration;
}

/** A body that is not a string is sent as JSON without a content type, as generated clients do. */
const askAt =
  (base: string): Ask =>
  async (method, path, body) => {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(base + path, { method, body: sent && Buffer.from(sent) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
