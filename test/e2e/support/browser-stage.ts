/**
 * A server with its login app under `example.test`, an application under another host name, and a person in Chromium
 * who visits both, over http or https.
 */
import type { BrowserContext, Cookie, Page } from 'playwright-core';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { ApplicationSite } from './application-site.js';
import { loginConsentApp } from './example-apps.js';
import { ADA } from './relying-party.js';
import { Sites } from './sites.js';

export type Scheme = 'http' | 'https';

export interface Play {
  scheme: Scheme;
  /** Sections of the configuration. */
  settings?: Record<string, unknown>;
  clientName?: string;
  /** Addresses of the apps, if they are not under `login.example.test`. */
  urls?: Record<'login' | 'consent', string>;
  /** Host name of the application. */
  application?: string;
}

/** The attributes of a cookie in the browser. */
export type KeptCookie = Pick<Cookie, 'domain' | 'path' | 'httpOnly' | 'secure' | 'sameSite'>;

export class BrowserStage {
  server!: TestServer;
  client!: RelyingParty;
  app = new ApplicationSite();
  context!: BrowserContext;
  private scheme: Scheme = 'http';
  private application = '';

  private constructor(
    readonly sites: Sites,
    private readonly database: TestDatabase,
  ) {}

  static async build(): Promise<BrowserStage> {
    return new BrowserStage(await Sites.open(), await freshDatabase());
  }

  /** @param context a private browser */
  async open(context: BrowserContext, play: Play): Promise<Page> {
    const { scheme, settings, clientName, application = 'app.other.test' } = play;
    [this.context, this.scheme, this.application] = [context, scheme, application];
    const at = (host: string): string => `${scheme}://${host}.example.test`;
    const page = (name: string): string => `${at('login')}/${name}`;
    const pages = { login: page('login'), consent: page('consent'), logout: page('logout'), error: page('error') };
    const urls = { self: { issuer: at('id') }, ...pages, ...play.urls };
    this.server = await startTestServer(this.database.dsn, { urls, ...settings }, { dev: scheme === 'http' });
    if (this.server.public.startsWith('http:')) this.sites.forward('id.example.test', this.server.public);
    const pagesApp = await loginConsentApp(this.server.admin);
    for (const { host } of [urls.login, page('')].map((address) => new URL(address))) this.sites.serve(host, pagesApp);
    this.app = new ApplicationSite();
    this.sites.serve(application, (...exchange) => void this.app.listener(...exchange));
    this.client = await RelyingParty.register(this.server, {
      redirect_uris: [this.callback],
      ...(clientName !== undefined && { client_name: clientName }),
    });
    return context.newPage();
  }

  /** Closes everything that `open` started. */
  async close(): Promise<void> {
    await this.context.close();
    await this.server.stop();
  }

  async remove(): Promise<void> {
    await this.sites.close();
    await this.database.drop();
  }

  get home(): string {
    return `${this.scheme}://${this.application}/`;
  }

  get callback(): string {
    return `${this.home}callback`;
  }

  /** Address of an authorization request. */
  request(over: Record<string, string> = {}): string {
    const path = this.client.address({ redirect_uri: this.callback, scope: 'openid', ...over });
    return `${this.scheme}://id.example.test${path}`;
  }

  /** Starts like a person, with a link of the application. */
  async start(page: Page, over: Record<string, string> = {}): Promise<void> {
    this.app.pages.set('/', `<a href="${inAttribute(this.request(over))}">Log in</a>`);
    await page.goto(this.home);
    await page.getByRole('link', { name: 'Log in' }).click();
  }

  async signIn(page: Page): Promise<void> {
    await page.getByLabel('E-mail address').fill(ADA.email);
    await page.getByLabel('Password').fill(ADA.password);
    await page.getByLabel('Keep me signed in').check();
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async allow(page: Page, { remember = true } = {}): Promise<void> {
    if (remember) await page.getByLabel('Do not ask me again').check();
    await page.getByRole('button', { name: 'Allow' }).click();
  }

  async arrive(page: Page): Promise<void> {
    await page.getByRole('heading', { name: 'Back at the application' }).waitFor();
  }

  /** Goes from the link of the application back to it, with login and consent. */
  async logIn(page: Page, over: Record<string, string> = {}): Promise<void> {
    await this.start(page, over);
    await this.signIn(page);
    await this.allow(page);
    await this.arrive(page);
  }

  /** Redeems a code. @param code default: the last code that the application received */
  redeem(code?: string): ReturnType<RelyingParty['redeem']> {
    const received = this.app.received.at(-1)?.parameters.get('code');
    return this.client.redeem(code ?? received ?? '', { redirect_uri: this.callback });
  }

  /** The server's cookies in the browser's jar by name, without those of a single flow (a suffix of eight). */
  async jar(): Promise<Record<string, KeptCookie>> {
    const own = (await this.context.cookies()).filter(({ domain }) => !domain.startsWith('login.'));
    const told = own.map(({ name, domain, path, httpOnly, secure, sameSite }) => {
      return [name, { domain, path, httpOnly, secure, sameSite }] as const;
    });
    return Object.fromEntries(told.filter(([name], _, all) => !all.some(([other]) => isOfOneFlow(name, other))));
  }
}

/** Whether the first name is the second with the suffix of a flow. */
const isOfOneFlow = (name: string, other: string): boolean =>
  name !== other && name.replace(/_[\w-]{8}(?=(_legacy)?$)/, '') === other;

/** Errors that a browser reports, such as a refusal by a Content-Security-Policy. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('the server responded')) problems.push(message.text());
  });
  return problems;
}

/** Escapes an address for an attribute. */
export const inAttribute = (address: string): string => address.replaceAll('&', '&amp;');
