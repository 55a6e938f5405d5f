/** Hands chunks of rows to other threads: opening, converting and sealing is most of the work of an import. */
import { Worker } from 'node:worker_threads';
import { collectYoung } from './collect-young.js';
import type { Chunk } from '../source/line-chunks.js';
import { TASKS, type TaskName, type Tasks } from './tasks.js';

export interface ThreadWork<Name extends TaskName> {
  task: Name;
  settings: Tasks[Name]['settings'];
  /** 0: in this thread. */
  threads: number;
  /** The program of a thread. Default: `thread.ts`. */
  entry?: URL;
}

/** While one chunk is worked on, the next one waits. */
const CHUNKS_PER_THREAD = 2;
/** Some 5 MB of buffers of the connection, which nobody needs any more. */
const CHUNKS_PER_COLLECTION = 2;
/** The heap of new objects: threads together must not need much more memory than one. */
const YOUNG_MIB = 6;
/** Beside this file, also in the bundle. */
const ENTRY = new URL('./thread.js', import.meta.url);

/** The results, in the order of the chunks. */
export async function* resultsOf<Name extends TaskName>(
  chunks: AsyncIterable<Chunk>,
  work: ThreadWork<Name>,
): AsyncGenerator<Tasks[Name]['result']> {
  if (work.threads === 0) {
    const task = TASKS[work.task](work.settings);
    for await (const chunk of chunks) yield task(chunk);
    return;
  }
  const threads = Array.from({ length: work.threads }, () => new Thread(work));
  try {
    yield* inOrder(chunks, threads);
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

async function* inOrder<Name extends TaskName>(
  chunks: AsyncIterable<Chunk>,
  threads: readonly Thread<Name>[],
): AsyncGenerator<Tasks[Name]['result']> {
  const results: Promise<Tasks[Name]['result']>[] = [];
  let read = 0;
  for await (const chunk of chunks) {
    if (++read % CHUNKS_PER_COLLECTION === 0) collectYoung();
    const result = leastBusy(threads).work(chunk);
    result.catch(() => undefined); // it is told when its turn comes
    results.push(result);
    const [first] = results;
    if (first && results.length >= CHUNKS_PER_THREAD * threads.length) {
      void results.shift();
      yield await first;
    }
  }
  for (const result of results) yield await result;
}

function leastBusy<Name extends TaskName>(threads: readonly Thread<Name>[]): Thread<Name> {
  return threads.reduce((one, other) => (other.busy < one.busy ? other : one));
}

interface Waiting<Result> {
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

class Thread<Name extends TaskName> {
  private readonly worker: Worker;
  /** In the order of their chunks. */
  private readonly waiting: Waiting<Tasks[Name]['result']>[] = [];
  /** Why it has ended. */
  private failure: Error | undefined;

  constructor({ task, settings, entry = ENTRY }: ThreadWork<Name>) {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
    this.worker = new Worker(entry, { workerData: { task, settings }, resourceLimits });
    this.worker.on('message', (result: Tasks[Name]['result']) => this.waiting.shift()?.resolve(result));
    this.worker.unref(); // a run that is stopped in the middle ends without it
    this.worker.on('error', (error) => {
      this.fail(error);
    });
    this.worker.on('exit', (code) => {
      this.fail(new Error(`A thread of the import has ended (${code}).`));
    });
  }

  /** How many chunks it has. */
  get busy(): number {
    return this.waiting.length;
  }

  work(chunk: Chunk): Promise<Tasks[Name]['result']> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(chunk, [chunk.buffer]);
    });
  }

  /** The first reason counts: a thread that has failed ends, too. */
  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
