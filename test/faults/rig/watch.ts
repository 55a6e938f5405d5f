/** Checks every response that a client got: a fault has the form of an OAuth error, and appears only under a fault. */
import type { Outcome } from './ask.js';
import type { Ledger } from './ledger.js';
import type { Violations } from './violations.js';
import type { Windows } from './windows.js';

const ROLLING = 'server: rolling restart';

export class Watch {
  constructor(
    private readonly ledger: Ledger,
    private readonly windows: Windows,
    private readonly violations: Violations,
  ) {}

  /** @param what method and path, without the query */
  seen(what: string, startedAt: number, outcome: Outcome): void {
    this.ledger.count('requests');
    const fault = this.windows.explaining(startedAt);
    if (outcome.lost !== undefined) {
      this.ledger.count('answers lost');
      if (fault === ROLLING) this.violations.add('a rolling restart loses no request', `${what}: ${outcome.lost}`);
      if (fault === undefined)
        this.violations.add('a connection is lost only under a fault', `${what}: ${outcome.lost}`);
      return;
    }
    if (outcome.status >= 500) this.fault(what, outcome, fault);
    const location = outcome.headers.location;
    if (typeof location === 'string') this.redirect(what, location, fault);
  }

  private fault(
    what: string,
    { status, headers, json, text }: Exclude<Outcome, { lost: string }>,
    fault?: string,
  ): void {
    const evidence = `${what} at ${String(headers['x-server'])}: ${String(status)} ${text.slice(0, 300)}`;
    if (status !== 503) {
      // A failing hook is not the server's fault, and Hydra responds in the same way.
      if (status === 500 && fault?.startsWith('hook')) this.ledger.count('500 because of a hook');
      else this.violations.add('a fault is a 503, never another 5xx', evidence);
      return;
    }
    this.ledger.count('answers 503');
    const isWellFormed = json.error === 'temporarily_unavailable' && headers['retry-after'] !== undefined;
    if (!isWellFormed) this.violations.add('a 503 is an OAuth error with Retry-After', evidence);
    if (fault === undefined) this.violations.add('a 503 has a fault that explains it', evidence);
  }

  private redirect(what: string, location: string, fault?: string): void {
    const error = new URL(location, 'http://id.example').searchParams.get('error');
    if (error === 'server_error') this.violations.add('no redirect says server_error', `${what}: ${location}`);
    if (error === 'temporarily_unavailable' && fault === undefined) {
      this.violations.add('a redirect says temporarily_unavailable only under a fault', `${what}: ${location}`);
    }
  }
}
