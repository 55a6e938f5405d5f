/** What the clients of a round share: the addresses, the ledger, the rules, and a gate that stops them all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, ask, type Asking, type Outcome } from './ask.js';
import { type Fact, Ledger } from './ledger.js';
import type { Violations } from './violations.js';
import { Watch } from './watch.js';
import type { Windows } from './windows.js';

/** How refresh tokens rotate: each works once, or a little longer (`rotation_grace_period`). */
export type Rotation = 'strict' | 'grace';

export interface Persisted {
  /** The first response that is not a 503; undefined where none came. */
  answer?: Answer;
  /** An earlier attempt got no response. */
  lost: boolean;
  /** An earlier attempt got 503. */
  refused: boolean;
}

export interface Place {
  public: string;
  admin: string;
  rotation: Rotation;
  /** The receiver address for back-channel logouts. */
  receiver: string;
}

const TRY_AGAIN_AFTER_MS = 300;
/** How long a client retries before it gives up. */
const GIVE_UP_AFTER_MS = 90_000;

export class World {
  readonly watch: Watch;
  readonly ledger = new Ledger();
  private gate: Promise<void> = Promise.resolve();
  private open: (() => void) | undefined;
  /** The round is over: nothing new starts. */
  isOver = false;

  constructor(
    readonly place: Place,
    readonly windows: Windows,
    readonly violations: Violations,
  ) {
    this.watch = new Watch(this.ledger, windows, violations);
  }

  public(method: string, path: string, asking?: Asking): Promise<Outcome> {
    return this.send(method, this.place.public, path, asking);
  }

  admin(method: string, path: string, asking?: Asking): Promise<Outcome> {
    return this.send(method, this.place.admin, `/admin${path}`, asking);
  }

  /** Retries until there is a response, as a client does after a 503 or a lost response. */
  async persist(attempt: () => Promise<Outcome>): Promise<Persisted> {
    const seen = { lost: false, refused: false };
    const deadline = Date.now() + GIVE_UP_AFTER_MS;
    while (Date.now() < deadline) {
      const outcome = await attempt();
      if (outcome.lost !== undefined) seen.lost = true;
      else if (outcome.status === 503) seen.refused = true;
      else return { answer: outcome, ...seen };
      await sleep(TRY_AGAIN_AFTER_MS);
    }
    this.violations.add(
      'a client that tries again is served in the end',
      `no answer for ${String(GIVE_UP_AFTER_MS)} ms`,
    );
    return seen;
  }

  pause(ms: number): Promise<void> {
    return sleep(ms);
  }

  /** Nothing new starts until {@link resume}. */
  hold(): void {
    if (!this.open) this.gate = new Promise((resolve) => (this.open = resolve));
  }

  resume(): void {
    this.open?.();
    this.open = undefined;
  }

  /** Set by the auditor: reports that a fact is lost, with evidence. */
  lost: (fact: Fact, evidence: string) => void = () => undefined;

  passGate(): Promise<void> {
    return this.gate;
  }

  private async send(method: string, base: string, path: string, asking?: Asking): Promise<Outcome> {
    const startedAt = Date.now();
    const outcome = await ask(method, base + path, asking);
    this.watch.seen(`${method} ${path.split('?', 1)[0] ?? ''}`, startedAt, outcome);
    return outcome;
  }
}
