/** A browser with its cookies, and the login, consent, device and logout apps that it visits. */
import type { Answer } from '../ask.js';
import type { Persisted, World } from '../world.js';

export const ISSUER = 'http://id.example';
export const CALLBACK = 'https://app.example/cb';
export const BYE = 'https://app.example/bye';

/** The flow did not complete; the browser has to start anew. */
export class FlowEnded extends Error {
  constructor(
    readonly step: string,
    readonly answer: Answer | undefined,
  ) {
    super(
      `${step}: ${answer ? `${String(answer.status)} ${String(answer.headers.location ?? answer.text)}` : 'no answer'}`,
    );
  }

  /** The error in a redirect of the server. */
  get error(): string | undefined {
    const location = this.answer?.headers.location;
    if (typeof location !== 'string') return undefined;
    return new URL(location, ISSUER).searchParams.get('error') ?? undefined;
  }
}

export class Browser {
  private readonly cookies = new Map<string, string>();
  /** The last redirect, for evidence: when it came, and from which server. */
  course = 'no redirect yet';

  constructor(private readonly world: World) {}

  /** Where the server sends the browser. @throws FlowEnded where there is no redirect, or one with an error */
  async go(address: string): Promise<URL> {
    const { answer } = await this.visit(address);
    const location = answer?.headers.location;
    if (typeof location !== 'string') throw new FlowEnded('the browser', answer);
    this.course = `redirected ${new Date().toISOString()} by ${String(answer?.headers['x-server'])}`;
    const url = new URL(location, ISSUER);
    if (url.searchParams.has('error')) throw new FlowEnded('the browser', answer);
    for (const [name, value] of url.searchParams) {
      if (/_(?:challenge|verifier)$/.test(name) || name === 'code') this.world.ledger.keepSecret(value);
    }
    return url;
  }

  visit(address: string): Promise<Persisted> {
    const { pathname, search } = new URL(address, ISSUER);
    return this.world.persist(async () => {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const outcome = await this.world.public('GET', pathname + search, { headers: { cookie } });
      if (outcome.lost === undefined) this.keep(outcome.headers['set-cookie'] ?? []);
      return outcome;
    });
  }

  /** The app answers. @returns where it sends the browser @throws FlowEnded */
  async accept(step: 'login' | 'consent' | 'logout' | 'device', at: URL, said: object = {}): Promise<URL> {
    const challenge = at.searchParams.get(`${step}_challenge`);
    if (!challenge) throw new FlowEnded(`no ${step} challenge in ${at.href}`, undefined);
    const path = `/oauth2/auth/requests/${step}/accept?${step}_challenge=${challenge}`;
    const { answer } = await this.world.persist(() => this.world.admin('PUT', path, { json: said }));
    const next = answer?.json.redirect_to;
    if (typeof next !== 'string') throw new FlowEnded(`the ${step} app`, answer);
    return new URL(next);
  }

  private keep(lines: string | string[]): void {
    for (const line of [lines].flat()) {
      const [pair = ''] = line.split(';', 1);
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
