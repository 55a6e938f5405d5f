/** The consent module over real stores, with browsers, apps and clients for tests. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Test, type TestingModule } from '@nestjs/testing';
import { parseCookie } from 'cookie';
import { DataSource } from 'typeorm';
import { ClientStore } from '../../../src/clients/client-store.js';
import { type ClientMetadata, EMPTY_METADATA } from '../../../src/clients/client-metadata.js';
import { ClientsModule } from '../../../src/clients/clients.module.js';
import { RegisteredClient } from '../../../src/clients/registered-client.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import type { ConfigurationTree } from '../../../src/config/configuration-tree.js';
import {
  consentKind,
  recordConsentBucket,
  recordConsentCtes,
  recordConsentValues,
} from '../../../src/consent/consents/consent.statements.js';
import type { AcceptOAuth2ConsentRequestDto } from '../../../src/consent/requests/accept-consent-request.dto.js';
import { ConsentModule } from '../../../src/consent/consent.module.js';
import { ConsentRequests } from '../../../src/consent/requests/consent-requests.js';
import { Consents } from '../../../src/consent/consents/consents.js';
import type { Granted } from '../../../src/consent/consents/granted.js';
import type {
  GrantedInteraction,
  Interaction,
  RedirectInteraction,
} from '../../../src/consent/interaction/interaction.js';
import { InteractionDispatcher } from '../../../src/consent/interaction/interaction-dispatcher.js';
import type { AcceptOAuth2LoginRequestDto } from '../../../src/consent/requests/accept-login-request.dto.js';
import { LoginRequests } from '../../../src/consent/requests/login-requests.js';
import { LoginSessions } from '../../../src/consent/sessions/login-sessions.js';
import { Buckets } from '../../../src/database/bucket-partitions.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { EventsModule } from '../../../src/events/events.module.js';
import { FlowStoreModule } from '../../../src/flow-store/flow-store.module.js';
import type { Exchange } from '../../../src/http/exchange/exchange.js';
import { FormParams } from '../../../src/http/exchange/form-params.js';
import { RequestTiming } from '../../../src/http/exchange/request-timing.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { ImportedModule } from '../../../src/imported/imported.module.js';
import { InvalidationModule } from '../../../src/invalidation/invalidation.module.js';
import { KeysModule } from '../../../src/keys/keys.module.js';
import { ObservabilityModule } from '../../../src/observability/observability.module.js';
import type { AuthorizationRequest } from '../../../src/protocol/authorization-request.js';

export const ISSUER = 'https://id.example';
export const SECRET = 'a-system-secret-of-the-test';
export const START = new Date('2026-03-01T12:00:00.000Z');

/** Times after the start of the test. */
export const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

export function configure(dsn: string, redisUrl?: string, over: ConfigurationTree = {}): Configuration {
  const fixed = {
    dsn,
    secrets: { system: [SECRET] },
    urls: {
      self: { issuer: ISSUER },
      login: 'https://ui.example/login?tenant=a',
      registration: 'https://ui.example/register',
      consent: 'https://ui.example/consent?tenant=a',
      logout: 'https://ui.example/logout',
      post_logout_redirect: 'https://ui.example/bye',
    },
    oidc: {
      subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-the-test' } },
    },
    ttl: { login_consent_request: '30m', authentication_session: '720h' },
    ...(redisUrl === undefined ? {} : { redis: { url: redisUrl, prefix: `consent:${randomUUID()}:` } }),
    ...over,
  };
  return loadConfiguration({ files: [], env: {}, fixed });
}

export class Room {
  readonly dispatcher: InteractionDispatcher;
  readonly logins: LoginRequests;
  readonly consentRequests: ConsentRequests;
  readonly consents: Consents;
  readonly sessions: LoginSessions;

  private constructor(readonly module: TestingModule) {
    this.dispatcher = module.get(InteractionDispatcher);
    this.logins = module.get(LoginRequests);
    this.consentRequests = module.get(ConsentRequests);
    this.consents = module.get(Consents);
    this.sessions = module.get(LoginSessions);
  }

  static async open(configuration: Configuration): Promise<Room> {
    const builder = Test.createTestingModule({
      imports: [
        ConfigModule.register(configuration),
        ObservabilityModule,
        EventsModule,
        DatabaseModule.register(),
        FlowStoreModule,
        HttpModule,
        ImportedModule,
        InvalidationModule,
        KeysModule,
        ClientsModule,
        ConsentModule,
      ],
    });
    return new Room(await builder.compile());
  }

  async close(): Promise<void> {
    await this.module.close();
  }

  get<T>(type: new (...args: never[]) => T): T {
    return this.module.get(type, { strict: false });
  }

  get database(): DataSource {
    return this.module.get(DataSource);
  }

  async client(over: Partial<ClientMetadata> = {}): Promise<RegisteredClient> {
    const entity = await this.get(ClientStore).insert({
      clientId: `client-${randomUUID()}`,
      name: 'a client',
      owner: '',
      secretHash: null,
      registrationTokenDigest: null,
      metadata: { ...EMPTY_METADATA, redirect_uris: ['https://app.example/cb'], scope: 'openid email', ...over },
      createdAt: START,
    });
    if (!entity) throw new Error('The id of the client is taken.');
    return new RegisteredClient(entity);
  }

  /** Writes the consent as the issuing statement does, but issues nothing. */
  async record(granted: Granted, version = 1): Promise<{ marked: number; consented: number }> {
    await this.get(Buckets).ensure('use_mark', recordConsentBucket(granted));
    const [row] = await this.database.query<{ marked: number; consented: number }[]>(
      `with ${recordConsentCtes(1, consentKind(granted)).ctes} select (select count(*)::integer from mark) as marked,
       (select count(*)::integer from consented) as consented`,
      recordConsentValues(granted, version, [SECRET]),
    );
    if (!row) throw new Error('No row.');
    return row;
  }
}

export function requestOf(client: RegisteredClient, over: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  const query = new URLSearchParams({ client_id: client.clientId, state: 'a-state-of-the-test' });
  return {
    clientId: client.clientId,
    responseTypes: ['code'],
    responseMode: 'query',
    redirectUri: client.redirectUris[0] ?? '',
    redirectUriSent: true,
    scope: ['openid', 'email'],
    audience: [],
    state: 'a-state-of-the-test',
    prompt: [],
    acrValues: [],
    uiLocales: [],
    requestUrl: `${ISSUER}/oauth2/auth?${query.toString()}`,
    ...over,
  };
}

export function exchangeAt(at: Date, headers: Record<string, string> = {}, rawQuery = ''): Exchange {
  const query = FormParams.parse(rawQuery);
  return {
    listener: 'public',
    method: 'GET',
    path: '/oauth2/auth',
    rawQuery,
    headers,
    requestId: 'a-request-of-the-test',
    arrivedAt: at,
    timing: new RequestTiming(),
    remoteAddress: '127.0.0.1',
    request: {} as IncomingMessage,
    query: () => query,
    form: () => Promise.resolve(query),
    text: () => Promise.resolve(''),
    certificate: () => undefined,
  };
}

/** A browser with its cookies. It ignores Max-Age, but removes deleted cookies. */
export class Browser {
  readonly jar = new Map<string, string>();
  /** All Set-Cookie values that it received. */
  readonly lines: string[] = [];

  constructor(
    private readonly room: Room,
    readonly host = 'id.example',
  ) {}

  exchange(at: Date, rawQuery = ''): Exchange {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    return exchangeAt(at, { host: this.host, ...(cookie ? { cookie } : {}) }, rawQuery);
  }

  take(lines: string[]): void {
    this.lines.push(...lines);
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/max-age=(0|-)/i.test(line)) this.jar.delete(name);
      else this.jar.set(name, parseCookie(pair)[name] ?? '');
    }
  }

  get hasSession(): boolean {
    return this.jar.has('ory_hydra_session');
  }

  async begin(request: AuthorizationRequest, client: RegisteredClient, at: Date): Promise<string> {
    const interaction = await this.room.dispatcher.begin(request, client, this.exchange(at));
    return challengeIn(this.followed(interaction), 'login_challenge');
  }

  /** Follows the redirect that an app got for its answer. */
  async bring(redirectTo: string, client: RegisteredClient, at: Date): Promise<Interaction> {
    const parameters = new URL(redirectTo).searchParams;
    const found = await this.room.dispatcher.find({
      login: parameters.get('login_verifier') ?? undefined,
      consent: parameters.get('consent_verifier') ?? undefined,
    });
    if (!found) throw new Error(`No flow for ${redirectTo}`);
    const exchange = this.exchange(at);
    let interaction = await this.room.dispatcher.resume(found, client, exchange);
    if (interaction.kind === 'granted' && !(await this.room.sessions.find(interaction.granted.loginSessionId))) {
      interaction = await this.room.dispatcher.restart(interaction, 'session ended', client, exchange); // as the issuing module does
    }
    this.take(interaction.cookies);
    return interaction;
  }

  /** As `bring`, to the consent challenge. */
  async toConsent(redirectTo: string, client: RegisteredClient, at: Date): Promise<string> {
    return challengeIn(await this.redirected(redirectTo, client, at), 'consent_challenge');
  }

  async redirected(redirectTo: string, client: RegisteredClient, at: Date): Promise<RedirectInteraction> {
    const interaction = await this.bring(redirectTo, client, at);
    if (interaction.kind !== 'redirect') throw new Error('It was granted.');
    return interaction;
  }

  /** As `bring`, to the grant. */
  async toGrant(redirectTo: string, client: RegisteredClient, at: Date): Promise<GrantedInteraction> {
    const interaction = await this.bring(redirectTo, client, at);
    if (interaction.kind !== 'granted') throw new Error(`It was redirected to ${interaction.location}`);
    return interaction;
  }

  private followed(interaction: Interaction): RedirectInteraction {
    this.take(interaction.cookies);
    if (interaction.kind !== 'redirect') throw new Error('A first visit cannot be granted.');
    return interaction;
  }
}

export function challengeIn({ location }: RedirectInteraction, name: string): string {
  const challenge = new URL(location).searchParams.get(name);
  if (!challenge) throw new Error(`No ${name} in ${location}`);
  return challenge;
}

/** The apps: their answers, and the redirects that they return. */
export class Apps {
  constructor(private readonly room: Room) {}

  async acceptLogin(challenge: string, at: Date, over: Partial<AcceptOAuth2LoginRequestDto> = {}): Promise<string> {
    const dto = { subject: 'alice', ...over };
    return answered(await this.room.logins.accept(challenge, dto, exchangeAt(at)));
  }

  async rejectLogin(challenge: string, at: Date): Promise<string> {
    return answered(await this.room.logins.reject(challenge, { error: 'login_said_no' }, exchangeAt(at)));
  }

  async acceptConsent(challenge: string, at: Date, over: Partial<AcceptOAuth2ConsentRequestDto> = {}): Promise<string> {
    const dto = { grant_scope: ['openid', 'email'], ...over };
    return answered(await this.room.consentRequests.accept(challenge, dto, exchangeAt(at)));
  }

  async rejectConsent(challenge: string, at: Date): Promise<string> {
    return answered(await this.room.consentRequests.reject(challenge, { error: 'consent_said_no' }, exchangeAt(at)));
  }
}

function answered(answer: { kind: string; redirectTo: string }): string {
  if (answer.kind !== 'answered') throw new Error(`It is ${answer.kind}.`);
  return answer.redirectTo;
}

/** The number of statements of this database that wait for a lock. */
export async function waitingForLocks(room: Room): Promise<number> {
  const [row] = await room.database.query<{ waiting: number }[]>(
    `select count(*)::integer as waiting from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? 0;
}
