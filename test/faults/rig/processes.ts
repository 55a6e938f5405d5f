/** Finds processes through /proc; on other systems it finds none. */
import { readdirSync, readFileSync } from 'node:fs';

export function childrenOf(parent: number | undefined): number[] {
  return all().filter((pid) => parentOf(pid) === parent);
}

/** @param text a part of the command line */
export function running(text: string): number[] {
  return all().filter((pid) => read(pid, 'cmdline').replaceAll('\0', ' ').includes(text));
}

/** The process may have ended at this moment. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return;
  }
}

function all(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number {
  const stat = read(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
