/** Asks workers what they have measured, and waits for none that is gone or hangs. */
import type { Worker } from 'node:cluster';
import type { Measured } from '../../observability/measured.js';
import { tell } from './tell.js';

const PATIENCE_MS = 2_000;

interface Question {
  waiting: Set<number>;
  heard: Measured[];
  done: () => void;
}

export class Gathering {
  private readonly open = new Map<number, Question>();
  private last = 0;

  /** What they say within two seconds, in the order of their answers. */
  async ask(workers: readonly Worker[]): Promise<Measured[]> {
    const id = ++this.last;
    const heard: Measured[] = [];
    if (workers.length === 0) return heard;
    await new Promise<void>((done) => {
      setTimeout(done, PATIENCE_MS).unref();
      this.open.set(id, { waiting: new Set(workers.map((worker) => worker.id)), heard, done });
      for (const worker of workers) tell(worker, { kind: 'measure', id });
    });
    this.open.delete(id);
    return heard;
  }

  answered(worker: Worker, id: number, measured: Measured): void {
    const question = this.open.get(id);
    if (!question) return; // too late
    question.heard.push(measured);
    this.settle(question, worker);
  }

  /** It will not answer any more. */
  forget(worker: Worker): void {
    for (const question of this.open.values()) this.settle(question, worker);
  }

  private settle({ waiting, done }: Question, { id }: Worker): void {
    waiting.delete(id);
    if (waiting.size === 0) done();
  }
}
