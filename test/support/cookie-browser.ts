import { ISSUER, type TestServer } from './server.js';

/** A browser with a cookie jar whose login and consent apps agree to everything. */
export class CookieBrowser {
  private readonly cookies = new Map<string, string>();
  /** Challenges and verifiers that it met. */
  readonly handles: string[] = [];

  constructor(
    private readonly server: TestServer,
    private readonly consent: Record<string, unknown> = {},
  ) {}

  /** Follows from an address of the server to the first that is another's; gives the parameters there. */
  async follow(start: string): Promise<URLSearchParams> {
    let next = new URL(start, ISSUER);
    for (;;) {
      for (const [name, value] of next.searchParams) if (/_(challenge|verifier)$/.test(name)) this.handles.push(value);
      const step = ['login', 'consent'].find((name) => next.searchParams.has(`${name}_challenge`));
      if (step) next = await this.answer(step, next.searchParams.get(`${step}_challenge`) ?? '');
      else if (next.origin !== ISSUER) return next.hash ? new URLSearchParams(next.hash.slice(1)) : next.searchParams;
      else next = await this.visit(next);
    }
  }

  private async visit({ pathname, search }: URL): Promise<URL> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init = { headers: { cookie }, redirect: 'manual' as const };
    const response = await fetch(this.server.public + pathname + search, init);
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    if (!location) throw new Error(`${pathname} answered ${response.status}: ${await response.text()}`);
    return new URL(location);
  }

  private async answer(step: string, challenge: string): Promise<URL> {
    const address = (tail: string): string =>
      `${this.server.admin}/admin/oauth2/auth/requests/${step}${tail}?${step}_challenge=${challenge}`;
    const asked = (await (await fetch(address(''))).json()) as Record<string, unknown>;
    const body =
      step === 'login'
        ? { subject: asked.subject || 'alice', remember: true }
        : { grant_scope: asked.requested_scope, grant_access_token_audience: [], ...this.consent };
    const response = await fetch(address('/accept'), { method: 'PUT', body: JSON.stringify(body) });
    return new URL(((await response.json()) as { redirect_to: string }).redirect_to);
  }
}
