import { type Answer, send } from './send.js';
import { ISSUER, type TestServer } from './server.js';

export type Step = 'login' | 'consent';

/** How the apps answer when they do not simply agree to everything. */
export type AcceptBodies = Partial<Record<Step, Record<string, unknown>>>;

export interface Walk {
  /** The form of the first request, which is then a POST. */
  form?: Record<string, string>;
  answers?: AcceptBodies;
  /** The walk stops before this app answers. */
  until?: Step;
}

export interface End {
  status: number;
  headers: Headers;
  text: string;
  /** The address of the last redirect, if there was one. */
  url?: URL;
  /** The parameters of the query or fragment, or the fields of a form. */
  parameters: Record<string, string>;
  place: 'query' | 'fragment' | 'form' | 'page';
  /** The requests that the apps received. */
  login?: Record<string, unknown>;
  consent?: Record<string, unknown>;
}

/** A browser with a cookie jar, and the login and consent apps that it visits. */
export class CookieBrowser {
  private readonly cookies = new Map<string, string>();
  /** The challenges and verifiers that it has seen. */
  readonly handles: string[] = [];

  /** @param server may be replaced by another one, after a restart */
  constructor(
    public server: TestServer,
    private readonly answers: AcceptBodies = {},
  ) {}

  /** Follows redirects from an address of the server to the first foreign one; returns the parameters there. */
  async follow(start: string): Promise<URLSearchParams> {
    const end = await this.walk(start);
    if (!end.url) throw new Error(`${start} ended with ${end.status}: ${end.text}`);
    return new URLSearchParams(end.parameters);
  }

  /** One request with the cookies of this browser. */
  async go(address: string, form?: Record<string, string>): Promise<Answer> {
    const url = new URL(address, ISSUER);
    this.meet(url);
    const body = form && new URLSearchParams(form);
    const target = this.server.public + url.pathname + url.search;
    const answer = await send(form ? 'POST' : 'GET', target, { body, headers: { cookie: this.cookie } });
    this.keep(answer);
    return answer;
  }

  /** The Cookie header that it sends. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Stores the cookies that a response sets. */
  keep({ headers }: Pick<Answer, 'headers'>): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
  }

  /** Follows redirects from an address of the server to the end; the apps answer on the way. */
  async walk(address: string, { form, answers = this.answers, until }: Walk = {}): Promise<End> {
    const asked: Pick<End, Step> = {};
    let answer = await this.go(address, form);
    for (;;) {
      const location = answer.headers.get('location');
      const next = location === null ? undefined : new URL(location);
      if (next) this.meet(next);
      const app = next && appOf(next);
      if (!app) return { ...endOf(answer, next), ...asked };
      asked[app.step] = await this.ask(app.step, app.challenge);
      if (until === app.step) return { ...endOf(answer, next), ...asked };
      answer = await this.go(await this.accept(app.step, app.challenge, answers[app.step]));
    }
  }

  /** The request that the app receives. */
  async ask(step: Step, challenge: string): Promise<Record<string, unknown>> {
    return (await send('GET', this.requestAddress(step, challenge))).json;
  }

  /** The address to which the app sends the browser once it has agreed. */
  async accept(step: Step, challenge: string, over: Record<string, unknown> = {}): Promise<string> {
    const asked = await this.ask(step, challenge);
    const usual =
      step === 'login'
        ? { subject: asked.subject || 'alice', remember: true }
        : {
            grant_scope: asked.requested_scope,
            grant_access_token_audience: asked.requested_access_token_audience,
          };
    return this.say(step, challenge, 'accept', { ...usual, ...over });
  }

  /** The address to which the app sends the browser once it has refused. */
  reject(step: Step, challenge: string, said: Record<string, unknown> = {}): Promise<string> {
    return this.say(step, challenge, 'reject', said);
  }

  private async say(step: Step, challenge: string, verb: string, body: Record<string, unknown>): Promise<string> {
    const address = this.requestAddress(step, challenge, `/${verb}`);
    const { status, json } = await send('PUT', address, { body: JSON.stringify(body) });
    if (status !== 200) throw new Error(`The ${step} app got ${status}: ${JSON.stringify(json)}`);
    return json.redirect_to as string;
  }

  private requestAddress(step: Step, challenge: string, tail = ''): string {
    return `${this.server.admin}/admin/oauth2/auth/requests/${step}${tail}?${step}_challenge=${challenge}`;
  }

  private meet(url: URL): void {
    for (const [name, value] of url.searchParams) {
      if (/_(challenge|verifier)$/.test(name) && !this.handles.includes(value)) this.handles.push(value);
    }
  }
}

/** The app at the address, and the request that it receives. */
function appOf({ origin, searchParams }: URL): { step: Step; challenge: string } | undefined {
  const step = searchParams.has('login_challenge') ? 'login' : 'consent';
  const challenge = searchParams.get(`${step}_challenge`);
  return challenge && origin !== ISSUER ? { step, challenge } : undefined;
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
