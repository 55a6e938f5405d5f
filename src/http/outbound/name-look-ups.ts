/**
 * Resolves host names, few at a time: a slow name server of one domain must not delay other look-ups.
 *
 * Names that strangers chose are sent to the name servers directly, outside of the thread pool and with a deadline that
 * cancels the query. Names of the operator are resolved by the system (search domains, other sources than DNS). That occupies
 * a thread until it ends, so there are fewer look-ups at a time than the pool has threads, and the hashing of secrets goes
 * on. Simultaneous look-ups of one name share a query.
 */
import { lookup, Resolver } from 'node:dns/promises';
import { domainOf } from './domain-of.js';
import { addressesOfMachine } from './hosts-file.js';
import { Lanes, LanesFull } from './lanes.js';
import { OutboundError } from './outbound-error.js';
import type { PinnedAddress } from './outbound-request.js';

/** The deadlines of all tries of a query together, and of one try. */
const DEADLINE_MS = 4_000;
const TRY_MS = 1_500;
const TRIES = 2;

/** The limits of a key apply to the names of one domain, which have one name server. */
const OF_STRANGERS = { running: 32, waiting: 256, runningEach: 4, waitingEach: 32 };
/** The pool has four threads. */
const OF_OPERATOR = { running: 2, waiting: 1_024, runningEach: 1, waitingEach: 512 };

export type HostChooser = 'stranger' | 'operator';

export class NameLookUps {
  private readonly lanes = { stranger: new Lanes(OF_STRANGERS), operator: new Lanes(OF_OPERATOR) };
  private readonly pending = new Map<string, Promise<PinnedAddress[]>>();

  constructor(private readonly deadlineMs = DEADLINE_MS) {}

  /** Every address of the name. @throws OutboundError `busy`, or the error of the name service */
  find(host: string, chosenBy: HostChooser): Promise<PinnedAddress[]> {
    const key = `${chosenBy} ${host}`;
    const shared = this.pending.get(key);
    if (shared) return shared;
    const answer = this.inTurn(host, chosenBy).finally(() => this.pending.delete(key));
    this.pending.set(key, answer);
    return answer;
  }

  protected bySystem(host: string): Promise<PinnedAddress[]> {
    return lookup(host, { all: true });
  }

  /** Treats the name as absolute, as a name server does, and queries both address families. */
  protected async byNameServer(host: string): Promise<PinnedAddress[]> {
    const listed = addressesOfMachine(host);
    if (listed.length) return listed;
    const resolver = this.resolver();
    const deadline = setTimeout(() => {
      resolver.cancel();
    }, this.deadlineMs);
    try {
      return await both(resolver, host);
    } catch (error) {
      throw asTimeout(error);
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Every query has its own resolver, because `cancel` ends all queries of a resolver. */
  protected resolver(): Resolver {
    return new Resolver({ timeout: TRY_MS, tries: TRIES });
  }

  private async inTurn(host: string, chosenBy: HostChooser): Promise<PinnedAddress[]> {
    try {
      return await this.lanes[chosenBy].run(domainOf(host), () =>
        chosenBy === 'stranger' ? this.byNameServer(host) : this.bySystem(host),
      );
    } catch (error) {
      if (!(error instanceof LanesFull)) throw error;
      throw new OutboundError('busy', 'Too many host names are being looked up.', error);
    }
  }
}

/** Most names have one address family only, and some name servers fail for the missing one. */
async function both(resolver: Resolver, host: string): Promise<PinnedAddress[]> {
  const four = resolver.resolve4(host).then((list) => list.map((address) => ({ address, family: 4 })));
  const six = resolver.resolve6(host).then((list) => list.map((address) => ({ address, family: 6 })));
  const outcomes = await Promise.allSettled([four, six]);
  const found = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  return found.length > 0 ? found : four; // a name without addresses: the error of the name server
}

/** The codes of c-ares for a missing answer and for a cancelled query. */
function asTimeout(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code !== 'ETIMEOUT' && code !== 'ECANCELLED') return error;
  return new OutboundError('timeout', 'The name servers of the host did not answer in time.', error);
}
