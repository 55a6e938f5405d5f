/** Clients and browsers that start at one server and continue at another, and record every failure. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CookieBrowser } from '../support/cookie-browser.js';
import { type Answer, RelyingParty } from '../support/relying-party.js';
import type { TestServer } from '../support/server.js';

/** Servers by the name of their release. */
export type Fleet = Record<string, TestServer>;

const WALKERS = 3;

/** A browser that a load balancer sends to another server with every request. */
class RoamingBrowser extends CookieBrowser {
  constructor(private readonly next: () => TestServer) {
    super(next(), { consent: { remember: true } });
  }

  override go(address: string, form?: Record<string, string>): Promise<Answer> {
    this.server = this.next();
    return super.go(address, form);
  }
}

export class CrossingLoad {
  /** The failures. */
  readonly errors: string[] = [];
  /** How often each pair of servers was crossed: `from → to`. */
  readonly passed = new Map<string, number>();
  /** How many flows began with a pushed request. */
  pushed = 0;
  private readonly walkers: Promise<void>[] = [];
  private stopped = false;
  private turn = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly client: RelyingParty,
  ) {}

  start(): this {
    for (let i = 0; i < WALKERS; i++) this.walkers.push(this.walk());
    return this;
  }

  /** Resolves once every ordered pair of servers was crossed this many more times. */
  async goesOn(times: number): Promise<void> {
    const names = Object.keys(this.fleet);
    const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => `${from} → ${to}`));
    const before = new Map(this.passed);
    const count = (pair: string): number => (this.passed.get(pair) ?? 0) - (before.get(pair) ?? 0);
    while (this.errors.length === 0 && pairs.some((pair) => count(pair) < times)) await sleep(20);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.walkers);
  }

  private async walk(): Promise<void> {
    while (!this.stopped) {
      const names = Object.keys(this.fleet);
      const from = names[this.turn++ % names.length] ?? '';
      const others = names.filter((name) => name !== from);
      const to = others[Math.floor(Math.random() * others.length)] ?? '';
      try {
        await this.flow(this.at(from), this.at(to));
        this.passed.set(`${from} → ${to}`, (this.passed.get(`${from} → ${to}`) ?? 0) + 1);
      } catch (error) {
        this.errors.push(
          `${from} → ${to}: ${error instanceof Error ? `${error.message} ${causeOf(error)}` : String(error)}`,
        );
      }
    }
  }

  private at(name: string): RelyingParty {
    const server = this.fleet[name];
    if (!server) throw new Error(`There is no server ${name}.`);
    return this.client.at(server);
  }

  /** Where the browser begins. Servers that know pushed requests (RFC 9126) keep them for each other. */
  private async beginning(here: RelyingParty, there: RelyingParty): Promise<string> {
    const parameters = Object.fromEntries(new URL(here.address(), 'http://app.example').searchParams);
    const pushed = await Promise.all([here.push(parameters), there.push(parameters)]);
    if (pushed.some(({ status }) => status === 404)) return here.address();
    for (const { status, text } of pushed) if (status !== 201) throw new Error(`A push: ${status} ${text}`);
    this.pushed += 1;
    return here.pushedAddress(String(pushed[0].json.request_uri));
  }

  /** Starts at one server and ends at the other: a code, its redemption, refreshes, introspection, revocation. */
  private async flow(here: RelyingParty, there: RelyingParty): Promise<void> {
    const servers = [here.server, there.server];
    let hop = 0;
    const browser = new RoamingBrowser(() => servers[hop++ % 2] ?? here.server);
    const code = (await browser.follow(await this.beginning(here, there))).get('code');
    const first = await good(there.redeem(code ?? ''));
    await isNow(true, here, first.access_token);
    const second = await good(here.refresh(first.refresh_token ?? ''));
    const third = await good(there.refresh(second.refresh_token ?? ''));
    await isNow(true, here, third.access_token);
    await isNow(false, here, second.access_token);
    await isNow(false, there, first.access_token);
    const again = (await browser.follow(there.address())).get('code'); // by the session from the other server
    await good(here.redeem(again ?? ''));
    await expectStatus(200, here.revoke(third.refresh_token ?? ''));
    await isNow(false, there, third.access_token);
    await expectStatus(400, there.refresh(third.refresh_token ?? ''));
    const own = await good(here.token({ grant_type: 'client_credentials' }));
    await isNow(true, there, own.access_token);
    await expectStatus(200, there.revoke(own.access_token ?? ''));
    await isNow(false, here, own.access_token);
  }
}

async function good(answer: Promise<Answer>): Promise<Record<string, string>> {
  return (await expectStatus(200, answer)).json as Record<string, string>;
}

async function expectStatus(status: number, asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status !== status) throw new Error(`${answer.status} in place of ${status}: ${answer.text}`);
  return answer;
}

async function isNow(active: boolean, at: RelyingParty, token = ''): Promise<void> {
  if ((await at.isActive(token)) !== active) throw new Error(`A token is ${active ? 'lost' : 'alive again'}.`);
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message : '';
}
