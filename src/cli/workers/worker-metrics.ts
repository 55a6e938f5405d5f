/**
 * Collects the metrics of all workers. It does not wait for a worker that has exited or hangs.
 *
 * Counters do not fall while this process lives. Nothing is shown before it is in a tally here; the tally of a worker that
 * exits is added to that of all earlier ones; a worker that does not answer is shown with its last known counts. A killed
 * worker loses what it counted since the last scrape. Gauges are those of the workers that answer.
 */
import type { Worker } from 'node:cluster';
import type { Measured } from '../../observability/measured.js';
import { tell } from './messages.js';
import { isCounted, Tally } from './tally.js';

const PATIENCE_MS = 2_000;

interface Question {
  waiting: Set<Worker>;
  heard: Map<Worker, Measured>;
  done: () => void;
}

export class WorkerMetrics {
  private readonly open = new Map<number, Question>();
  private readonly living = new Map<Worker, Tally>();
  private readonly gone = new Tally();
  private last = 0;

  /**
   * The counts of all workers, and the gauges of this worker and of those others that answer within two seconds.
   * @param own the metrics of the worker that asks
   */
  async ask(asker: Worker, own: Measured, others: readonly Worker[]): Promise<Measured[]> {
    this.raise(asker, own);
    const id = ++this.last;
    const heard = new Map([[asker, own]]);
    if (others.length > 0) {
      await new Promise<void>((done) => {
        setTimeout(done, PATIENCE_MS).unref();
        this.open.set(id, { waiting: new Set(others), heard, done });
        for (const worker of others) tell(worker, { kind: 'measure', id });
      });
    }
    this.open.delete(id);
    return [this.counted(), ...[...heard.values()].map(gauges)];
  }

  answered(worker: Worker, id: number, measured: Measured): void {
    this.raise(worker, measured); // counts even when it is too late for this question
    const question = this.open.get(id);
    if (!question?.waiting.has(worker)) return;
    question.heard.set(worker, measured);
    settle(question, worker);
  }

  /** The worker has exited, and will not answer any more. */
  forget(worker: Worker): void {
    this.gone.add(this.living.get(worker) ?? new Tally());
    this.living.delete(worker);
    for (const question of this.open.values()) {
      question.heard.delete(worker);
      settle(question, worker);
    }
  }

  private counted(): Measured {
    const sum = new Tally();
    for (const tally of [this.gone, ...this.living.values()]) sum.add(tally);
    return sum.measured;
  }

  /** A report that arrives after the exit of a worker was never shown. */
  private raise(worker: Worker, measured: Measured): void {
    if (worker.isDead()) return;
    const tally = this.living.get(worker) ?? new Tally();
    tally.raise(measured);
    this.living.set(worker, tally);
  }
}

function settle({ waiting, done }: Question, worker: Worker): void {
  waiting.delete(worker);
  if (waiting.size === 0) done();
}

const gauges = (measured: Measured): Measured => measured.filter((metric) => !isCounted(metric));
