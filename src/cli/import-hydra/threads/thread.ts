/** The other side of `threads.ts`: does its task with every chunk that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Chunk } from '../source/line-chunks.js';
import { type TaskName, TASKS, type Tasks } from './tasks.js';

interface ThreadData<Name extends TaskName> {
  task: Name;
  settings: Tasks[Name]['settings'];
}

function work<Name extends TaskName>({ task, settings }: ThreadData<Name>): void {
  const doTask = TASKS[task](settings);
  parentPort?.on('message', (chunk: Chunk) => {
    const result = doTask(chunk);
    parentPort?.postMessage(result, 'rows' in result && result.rows instanceof Map ? memoryOf(result.rows) : []);
  });
}

/** It is handed over, not copied. */
const memoryOf = (tables: ReadonlyMap<string, Chunk>): ArrayBuffer[] =>
  [...tables.values()].map(({ buffer }) => buffer);

work(workerData as ThreadData<TaskName>);
