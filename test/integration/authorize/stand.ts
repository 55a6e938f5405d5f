/** The whole server on real stores, a browser with a cookie jar, and the login and consent apps played by the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { startServer } from '../../../src/server.js';
import { freshDatabase } from '../../support/postgres.js';

/** The server's name for itself; requests to it go to the listener. */
export const ISSUER = 'http://id.example';
export const CALLBACK = 'https://app.example/cb';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export interface Client {
  client_id: string;
  client_secret: string;
}

export interface Stand {
  /** Asks a server address; keeps nothing. */
  ask(
    method: string,
    path: string,
    options?: { form?: Record<string, string>; headers?: Record<string, string> },
  ): Promise<Answer>;
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }>;
  register(over?: Record<string, unknown>): Promise<Client>;
  browser(): Browser;
  close(): Promise<void>;
}

/** Starts a server of its own. `redis` is the address of a Redis. */
export async function startStand(settings: Record<string, unknown> = {}, redis?: string): Promise<Stand> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'authorize-'));
  const file = join(folder, 'config.json');
  const prefix = `${folder.slice(-6)}:`;
  await writeFile(
    file,
    JSON.stringify({
      dsn: database.dsn,
      log: { level: 'fatal' },
      secrets: { system: ['a system secret of the tests'] },
      urls: {
        self: { issuer: ISSUER },
        login: 'http://ui.example/login',
        consent: 'http://ui.example/consent',
        error: 'http://ui.example/error?tenant=a',
      },
      ...(redis && { redis: { url: redis, prefix } }),
      ...settings,
    }),
  );
  const configuration = structuredClone(loadConfiguration({ files: [file], env: {}, dev: true }));
  for (const listener of [configuration.serve.public, configuration.serve.admin]) {
    Object.assign(listener, { host: '127.0.0.1', port: 0 }); // any free port
  }
  const server = await startServer({ configuration, listeners: ['public', 'admin'] });
  const stand = withAddresses(server.address('public'), server.address('admin'));
  return {
    ...stand,
    close: async () => {
      await server.stop();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

function withAddresses(publicAddress: string, adminAddress: string): Omit<Stand, 'close'> {
  const ask: Stand['ask'] = async (method, path, { form, headers } = {}) => {
    const body = form && new URLSearchParams(form);
    const response = await fetch(publicAddress + path, { method, headers, body, redirect: 'manual' });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const admin: Stand['admin'] = async (method, path, body) => {
    const response = await fetch(`${adminAddress}/admin${path}`, { method, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, json: (text ? JSON.parse(text) : {}) as Record<string, unknown> };
  };
  const register: Stand['register'] = async (over = {}) => {
    const { status, json } = await admin('POST', '/clients', {
      grant_types: ['authorization_code', 'implicit', 'refresh_token'],
      response_types: [
        'code',
        'token',
        'id_token',
        'code id_token',
        'code token',
        'code id_token token',
        'id_token token',
      ],
      redirect_uris: [CALLBACK],
      scope: 'openid offline_access photos.*',
      ...over,
    });
    if (status !== 201) throw new Error(`The client was not registered: ${JSON.stringify(json)}`);
    return json as unknown as Client;
  };
  return { ask, admin, register, browser: () => new Browser(ask, admin) };
}

export function authorizeQuery(
  client: { client_id: string },
  over: Record<string, string | undefined> = {},
): URLSearchParams {
  const all: Record<string, string | undefined> = {
    ...{ client_id: client.client_id, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' },
    ...{ state: 'a-long-state', nonce: 'a-long-nonce', ...over },
  };
  const sent = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(sent);
}

export interface End {
  status: number;
  headers: Headers;
  text: string;
  /** Where the last redirect leads, if it was one. */
  url?: URL;
  /** Parameters of query, fragment, or the fields of a form. */
  parameters: Record<string, string>;
  place: 'query' | 'fragment' | 'form' | 'page';
  /** What the apps were asked. */
  login?: Record<string, unknown>;
  consent?: Record<string, unknown>;
}

/** A browser that follows redirects within the server and plays the apps. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly ask: Stand['ask'],
    private readonly admin: Stand['admin'],
  ) {}

  /** One request with the cookies of this browser. */
  async go(url: string, form?: Record<string, string>): Promise<Answer> {
    const { pathname, search } = new URL(url, ISSUER);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.ask(form ? 'POST' : 'GET', pathname + search, { form, headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? [];
      this.cookies.set(name, value);
    }
    return answer;
  }

  /** Walks from an address of the server to the end. `until` stops before the app of that name answers. */
  async walk(
    url: string,
    {
      form,
      answers = {},
      until,
    }: { form?: Record<string, string>; answers?: Answers; until?: 'login' | 'consent' } = {},
  ): Promise<End> {
    const asked: Pick<End, 'login' | 'consent'> = {};
    let answer = await this.go(url, form);
    for (;;) {
      const location = answer.headers.get('location');
      const next = location === null ? undefined : new URL(location);
      const step = next?.searchParams.has('login_challenge') ? 'login' : 'consent';
      const challenge = next?.searchParams.get(`${step}_challenge`);
      if (!next || !challenge || next.pathname.startsWith('/oauth2')) return { ...endOf(answer, next), ...asked };
      asked[step] = (await this.admin('GET', requestPath(step, challenge))).json;
      if (until === step) return { ...endOf(answer, next), ...asked };
      answer = await this.go(await this.accept(step, challenge, asked[step], answers[step]));
    }
  }

  /** The address to which the app sends the browser. */
  async accept(
    step: 'login' | 'consent',
    challenge: string,
    request: Record<string, unknown>,
    over: Record<string, unknown> = {},
  ): Promise<string> {
    const usual =
      step === 'login'
        ? { subject: request['subject'] || 'alice' }
        : {
            grant_scope: request['requested_scope'],
            grant_access_token_audience: request['requested_access_token_audience'],
          };
    const { status, json } = await this.admin('PUT', requestPath(step, challenge, '/accept'), { ...usual, ...over });
    if (status !== 200) throw new Error(`The ${step} app got ${status}: ${JSON.stringify(json)}`);
    return json['redirect_to'] as string;
  }
}

export interface Answers {
  login?: Record<string, unknown>;
  consent?: Record<string, unknown>;
}

export function requestPath(step: 'login' | 'consent', challenge: string, tail = ''): string {
  return `/oauth2/auth/requests/${step}${tail}?${step}_challenge=${encodeURIComponent(challenge)}`;
}

function endOf({ status, headers, text }: Answer, url: URL | undefined): End {
  const answer = { status, headers, text };
  if (!url) {
    const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const parameters = Object.fromEntries(fields.map(([, name = '', value = '']) => [name, unescapeHtml(value)]));
    return { ...answer, parameters, place: fields.length ? 'form' : 'page' };
  }
  const source = url.hash ? new URLSearchParams(url.hash.slice(1)) : url.searchParams;
  return { ...answer, url, parameters: Object.fromEntries(source), place: url.hash ? 'fragment' : 'query' };
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };

function unescapeHtml(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
