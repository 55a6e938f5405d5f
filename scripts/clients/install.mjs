/** Dependencies and builds of a program: made anew where the files change that they are made from. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Process } from './processes.mjs';

const STAMP = '.ostiary-stamp';

/** What npm, go, pip and Maven say where they reach no registry. A package that the registry has not got is another fault. */
const UNREACHED = new RegExp(
  [
    'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH',
    'dial tcp|i/o timeout|disabled by GOPROXY=off',
    'Failed to establish a new connection|from versions: none',
    'Could not transfer artifact|Cannot access .* in offline mode',
  ].join('|'),
);

/** The packages of a program cannot be fetched here. */
export class Unreachable extends Error {}

/**
 * Runs the commands of `install`, unless the folder `into` was made by them from the same files `from`.
 * @throws {Unreachable} where a registry is not reached
 * @throws with what a command said where it failed
 */
export async function install({ folder, install: steps }, { env, fill, signal, say }) {
  if (!steps) return;
  const into = steps.into && resolve(folder, fill(steps.into));
  const stamp = await digestOf(folder, steps);
  const made = into && (await readFile(join(into, STAMP), 'utf8').catch(() => undefined));
  if (made === stamp) return;
  for (const command of steps.commands) {
    const words = command.map(fill);
    say(`runs ${words.join(' ')}`);
    const child = new Process(words, { cwd: folder, env, signal });
    if ((await child.ended) === 0) continue;
    const unreached = child.lastLines.split('\n').find((line) => UNREACHED.test(line));
    if (unreached) throw new Unreachable(`its packages cannot be fetched: ${unreached.trim()}`);
    throw new Error(`${words.join(' ')} failed:\n${child.lastLines}`);
  }
  if (!into) return;
  await mkdir(into, { recursive: true });
  await writeFile(join(into, STAMP), stamp);
}

async function digestOf(folder, { commands, from = [] }) {
  const hash = createHash('sha256').update(JSON.stringify([commands, process.version]));
  for (const file of from) hash.update(await readFile(join(folder, file)));
  return hash.digest('hex');
}
