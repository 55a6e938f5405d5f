/** PostgreSQL's own lock file in its folder: the process, its socket, and its state. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

interface PidFile {
  pid: number;
  /** The folder of the unix socket. */
  socketFolder: string;
  /** `starting`, `ready` or `stopping`; empty at first. */
  status: string;
}

/** The lines are those of PostgreSQL's pidfile.h: 1 pid, 5 socket folder, 8 status. Undefined where there is no file. */
export async function readPidFile(folder: string): Promise<PidFile | undefined> {
  const text = await readFile(path(folder), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), socketFolder: lines[4] ?? '', status: (lines[7] ?? '').trim() };
}

/**
 * Removes the file of a killed PostgreSQL whose process number now belongs to another process: PostgreSQL
 * would take that process for itself and refuse to start. It happens in containers, where numbers are small and repeat.
 */
export async function removeStalePidFile(folder: string): Promise<void> {
  const file = await readPidFile(folder);
  if (!file) return;
  const command = await readFile(`/proc/${file.pid}/cmdline`, 'utf8').catch(() => undefined);
  if (command !== undefined && !command.includes('postgres')) await rm(path(folder), { force: true });
}

const path = (folder: string): string => join(folder, 'postmaster.pid');
