/** Compares the servers' responses with the confirmed facts. */
import type { Answer } from './ask.js';
import type { Evidence } from './evidence.js';
import type { Fact, Ledger } from './ledger.js';
import type { Violations } from './violations.js';
import type { World } from './world.js';

/** How many facts are checked at the same time. */
const AT_ONCE = 8;

export class Auditor {
  private readonly ledger: Ledger;
  private readonly violations: Violations;

  constructor(
    private readonly world: World,
    private readonly evidence: Evidence,
  ) {
    this.ledger = world.ledger;
    this.violations = world.violations;
    world.lost = (fact, evidence) => {
      this.tell(`a ${fact.kind} that was confirmed is not lost`, fact, evidence);
    };
  }

  /** One check in the middle of traffic: it counts only where nothing was done to the fact meanwhile. */
  async glance(fact: Fact): Promise<void> {
    const before = fact.stamp;
    if (fact.isBusy()) return;
    const alive = await this.isAlive(fact);
    if (alive === undefined || fact.isBusy() || fact.stamp !== before) return;
    this.judge(fact, alive, false);
  }

  /** The same with the access token itself, at the endpoint where it is meant to be used. */
  async askUserinfo(fact: Fact): Promise<void> {
    const before = fact.stamp;
    if (fact.isBusy()) return;
    const headers = { authorization: `Bearer ${fact.value}` };
    const { status } = await this.world.public('GET', '/userinfo', { headers });
    if ((status !== 200 && status !== 401) || fact.isBusy() || fact.stamp !== before) return;
    this.judge(fact, status === 200, false);
  }

  /** Checks each fact while nothing else happens. @returns how many were checked */
  async audit(facts: readonly Fact[]): Promise<number> {
    const left = [...facts];
    let looked = 0;
    const worker = async (): Promise<void> => {
      for (let fact = left.pop(); fact; fact = left.pop()) {
        const alive = await this.insist(fact);
        if (alive === undefined) continue;
        looked += 1;
        this.judge(fact, alive, true);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return looked;
  }

  /** @param quiet whether no request is in progress that may still end it */
  judge(fact: Fact, alive: boolean, quiet: boolean): void {
    this.ledger.count(`${fact.kind}s audited`);
    const { standing } = fact;
    if (standing === 'live' && !alive) {
      this.tell(`a ${fact.kind} that was confirmed is not lost`, fact);
      fact.end('it was found lost');
    } else if (standing === 'ended' && alive) {
      this.tell(`a ${fact.kind} that has ended does not come back`, fact);
      fact.unheed();
    } else if (standing === 'either') {
      if (!alive) fact.end('it was seen ended after an answer was lost');
      else if (quiet) fact.pinLive();
    }
  }

  private tell(rule: string, fact: Fact, more = ''): void {
    const violation = this.violations.add(rule, `${more} ${fact.describe()}`);
    if (!fact.kind.endsWith('token')) return;
    void this.evidence.ofToken(fact.value).then((text) => (violation.evidence += `\n  ${text}`));
  }

  private async insist(fact: Fact): Promise<boolean | undefined> {
    for (let tries = 0; tries < 20; tries++) {
      const alive = await this.isAlive(fact);
      if (alive !== undefined || fact.kind === 'grant') return alive;
      await this.world.pause(250);
    }
    this.violations.add('an audit is answered while no fault is in force', fact.describe());
    return undefined;
  }

  /** Undefined where there was no response, or no server can be asked. */
  private async isAlive(fact: Fact): Promise<boolean | undefined> {
    if (fact.kind === 'grant') return undefined;
    if (fact.kind === 'login') return presence(await this.get(`/oauth2/auth/sessions/login/${fact.value}`));
    if (fact.kind === 'client') return presence(await this.get(`/clients/${fact.value}`));
    const { status, json } = asAnswer(
      await this.world.admin('POST', '/oauth2/introspect', { form: { token: fact.value } }),
    );
    return status === 200 ? json.active === true : undefined;
  }

  private async get(path: string): Promise<Answer> {
    return asAnswer(await this.world.admin('GET', path));
  }
}

function presence({ status }: Answer): boolean | undefined {
  if (status === 200) return true;
  return status === 404 ? false : undefined;
}

const asAnswer = (outcome: Awaited<ReturnType<World['admin']>>): Answer =>
  outcome.lost === undefined ? outcome : { status: 0, headers: {}, text: '', json: {} };
