/**
 * Distinguishes a race from a replay. The second use of a credential is a race if its request was complete before the
 * response to the first one was sent: it may be a second tab of the same person, so it is only refused. A later second
 * use is a replay, whose sender may have stolen the credential (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
 *
 * This process knows the exact order of the requests that it answered lately. Uses in other processes are judged by the
 * clock of the database, which recorded the first use; the clocks of two machines are never compared.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { decided, type Deciding } from '../../database/decided.js';
import type { RequestTiming } from '../../http/exchange/request-timing.js';

/** The times of a request by the clock of this process. */
type Timing = Pick<RequestTiming, 'queuedTick' | 'thereSinceTick' | 'answeredTick' | 'holdAnswer'>;

/** Another process needs time to sign and send after a use. A second use within this time counts as a race. */
const RACE_MS = 100;
/**
 * The response to a first use is sent no sooner than this time after its request was complete. Two tabs of one person that
 * refresh at once are some milliseconds apart, and a quick response to one would make the other a replay.
 */
const HOLD_MS = 15;
/** The number of remembered uses. A forgotten use is judged like one in another process. */
const REMEMBERED = 8_192;

/** The record of a use in the database, by its own clock. */
interface RecordedUse {
  /** Null for an earlier use than the last recorded one. */
  usedAt: Date | null;
  /** The time of the query. */
  judgedAt: Date;
}

export type SecondUse = 'race' | 'replay';

@Injectable()
export class RecentUses {
  private readonly uses = new LRUCache<string, Timing>({ max: REMEMBERED });
  /** Requests that saw their credential as unused. */
  private readonly early = new WeakSet<Timing>();

  /** Records that the request used the credential for the first time. Its response is not sent yet. */
  record(credential: string, timing: Timing): void {
    if (this.uses.has(credential)) return; // within a grace period a credential may be used several times
    timing.holdAnswer(HOLD_MS);
    this.uses.set(credential, timing);
  }

  /**
   * Runs the statement that uses the credential, and records a successful use. While the outcome is unknown, the statement
   * counts as a use whose response is not sent yet.
   */
  async decide<T>(credential: string, timing: Timing, deciding: Deciding<T>): Promise<T> {
    const onLost = (): void => {
      this.record(credential, timing);
    };
    let isUse = false;
    try {
      const answer = await decided({ ...deciding, onLost });
      isUse = deciding.isDone(answer);
      if (isUse) this.record(credential, timing);
      return answer;
    } finally {
      if (!isUse && this.uses.get(credential) === timing) this.uses.delete(credential);
    }
  }

  /** Records that the request was complete while its credential was unused: if another one spends it first, that is a race. */
  sawUnused(timing: Timing): void {
    this.early.add(timing);
  }

  /** Judges a request with a credential that was used before. */
  async judge(credential: string, timing: Timing, recorded: RecordedUse): Promise<SecondUse> {
    if (this.early.has(timing)) return 'race';
    const age = performance.now() - timing.thereSinceTick;
    const known = this.judgeHere(credential, timing);
    if (known) return known;
    const { usedAt, judgedAt } = recorded;
    const thereSince = judgedAt.getTime() - age;
    if (usedAt && thereSince <= usedAt.getTime() + RACE_MS) return 'race';
    // The database answers both requests at almost the same time, so this process may learn of the first use last.
    await nextTurn();
    return this.judgeHere(credential, timing) ?? 'replay';
  }

  private judgeHere(credential: string, { queuedTick }: Timing): SecondUse | undefined {
    const first = this.uses.get(credential);
    if (!first) return undefined;
    return first.answeredTick === undefined || queuedTick <= first.answeredTick ? 'race' : 'replay';
  }
}
