/**
 * Everything that was confirmed to clients, without a look into the database. A fact is something that a client holds: a token,
 * a login, a client registration. The responses say whether it is live or ended; where a response was lost, either is possible,
 * until a later response shows which.
 */
export type Standing = 'live' | 'ended' | 'either' | 'unheeded';
export type FactKind = 'grant' | 'access token' | 'refresh token' | 'login' | 'client';

export class Fact {
  private own: Standing = 'live';
  private changes = 0;
  private underWay = 0;
  readonly toldAt = Date.now();
  /** Notes about the fact, for evidence. */
  private readonly history: string[] = [];

  constructor(
    readonly kind: FactKind,
    /** The token itself, or the identifier. */
    readonly value: string,
    /** It ends with each of these facts. */
    readonly hangsOn: readonly Fact[] = [],
  ) {}

  get standing(): Standing {
    if (this.own === 'ended' || this.own === 'unheeded') return this.own;
    const above = this.hangsOn.map(({ standing }) => standing);
    if (above.includes('ended')) return 'ended';
    return this.own === 'either' || above.includes('either') ? 'either' : 'live';
  }

  /** Counts actions on it: equal numbers before and after mean that nothing was done. */
  get stamp(): number {
    return this.changes + this.hangsOn.reduce((sum, { stamp }) => sum + stamp, 0);
  }

  /** A request that may change it was sent and has no response yet. */
  isBusy(): boolean {
    return this.underWay > 0 || this.hangsOn.some((fact) => fact.isBusy());
  }

  begin(): void {
    this.underWay += 1;
    this.changes += 1;
  }

  done(): void {
    this.underWay -= 1;
    this.changes += 1;
  }

  /** Nothing is guaranteed about it any more: a rotated refresh token within its grace period. */
  unheed(): void {
    this.own = 'unheeded';
  }

  /** A client got the confirmation that it has ended; from then on it must not be live. */
  end(because: string): void {
    if (this.own === 'ended') return;
    this.own = 'ended';
    this.note(because);
    this.changes += 1;
  }

  /** It is unknown whether it has ended. */
  doubt(because: string): void {
    if (this.own !== 'live') return;
    this.own = 'either';
    this.note(because);
    this.changes += 1;
  }

  /** It was seen live when no request was in progress any more: so it must stay live. */
  pinLive(): void {
    for (const fact of [this, ...this.hangsOn]) {
      if (fact.own !== 'either') continue;
      fact.own = 'live';
      fact.note('it was seen live after an answer was lost');
    }
  }

  private note(what: string): void {
    this.history.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
  }

  describe(): string {
    const grounds = [this, ...this.hangsOn].map(({ kind, own, history }) => `${kind} ${own} (${history.join(', ')})`);
    return `${this.kind} ${this.value.slice(0, 24)}…, told ${new Date(this.toldAt).toISOString()}: ${grounds.join('; ')}`;
  }
}

/** A logout that the receiver must hear of. */
export interface DueLogout {
  sid: string;
  /** The client that owns the receiver. */
  client: Fact;
}

export class Ledger {
  readonly facts: Fact[] = [];
  readonly dueLogouts: DueLogout[] = [];
  /** Texts that no log may contain. */
  readonly secrets = new Set<string>();
  private readonly counts = new Map<string, number>();
  private readonly successes = new Map<string, number>();

  add(kind: FactKind, value: string, hangsOn: readonly Fact[] = []): Fact {
    const fact = new Fact(kind, value, hangsOn);
    this.facts.push(fact);
    if (kind === 'access token' || kind === 'refresh token') this.keepSecret(value);
    return fact;
  }

  /** Both parts of a token are secret. */
  keepSecret(value: string): void {
    for (const part of value.split('.')) if (part.length >= 20) this.secrets.add(part);
  }

  /** @returns how often this single-use value has worked, including this time */
  worked(value: string): number {
    const count = (this.successes.get(value) ?? 0) + 1;
    this.successes.set(value, count);
    return count;
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  get figures(): ReadonlyMap<string, number> {
    return this.counts;
  }
}
