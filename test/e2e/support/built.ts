import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

const LOCK = join(root, 'node_modules/.ostiary-build');
const STALE_MS = 300_000;

/** Builds `dist` if it is older than the source. Test files run at the same time: one builds, the others wait. */
export async function built(): Promise<void> {
  while (!(await locked())) await sleep(100);
  try {
    await promisify(execFile)(process.execPath, ['scripts/build-once.mjs'], { cwd: root });
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

async function locked(): Promise<boolean> {
  try {
    await mkdir(LOCK);
    return true;
  } catch {
    const made = await stat(LOCK).catch(() => undefined); // a killed run may leave the lock behind
    if (made && Date.now() - made.mtimeMs > STALE_MS) await rm(LOCK, { recursive: true, force: true });
    return false;
  }
}
