#!/usr/bin/env node
import cluster from 'node:cluster';
import module from 'node:module';
import { join } from 'node:path';

/**
 * From Node.js 22 on, compiled code is cached for the next start, beside the program: whoever may write there may change the
 * program anyway, which is not true of a shared folder for temporary files. Where the folder is not writable nothing is
 * added. The folder of the image is made with it (scripts/image).
 */
const { enableCompileCache } = module as typeof module & { enableCompileCache?: (folder: string) => unknown };
enableCompileCache?.(join(import.meta.dirname, '.compiled'));

/** Not awaited here, because the bundle is CommonJS. */
async function start(): Promise<void> {
  if (cluster.isWorker) {
    await import('./cli/workers/worker.js');
  } else {
    const { runCommandLine } = await import('./cli/command-line.js');
    await runCommandLine(process.argv);
  }
}

void start();
