import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the system shows its processes as files, like Linux. */
export const canSeeProcesses = process.platform === 'linux';

/** Command lines of the processes that mention the text, by pid. */
export async function processesWith(text: string): Promise<Map<number, string>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(async (pid) => [Number(pid), await commandLine(pid)] as const));
  return new Map(lines.filter(([, line]) => line.includes(text)));
}

/** The running child processes of a process. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

/** @throws if the condition does not hold within a minute. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error('It did not become so within a minute.');
}

async function commandLine(pid: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // the process may have ended meanwhile
  return text.replaceAll('\0', ' ');
}
