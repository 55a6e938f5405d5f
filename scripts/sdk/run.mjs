/** Programs that the SDKs are made and checked with. */
import { spawnSync } from 'node:child_process';

const MINUTES = 5;

/** A program or a download is missing here. */
export class Skipped extends Error {}

/** @returns whether the program ended well, whether it is missing, and its last output */
export function run([program, ...words], cwd) {
  const timeout = MINUTES * 60_000;
  const { status, error, stdout, stderr } = spawnSync(program, words, { cwd, timeout, encoding: 'utf8' });
  const output = `${stdout ?? ''}${stderr ?? ''}${error ?? ''}`.slice(-4000);
  return { ok: status === 0, missing: error?.code === 'ENOENT', output };
}

/** @throws with the output, where it fails */
export function succeed(command, cwd) {
  const { ok, output } = run(command, cwd);
  if (!ok) throw new Error(`${command.slice(0, 3).join(' ')} …\n${output}`);
}

/** @throws {Skipped} where the program is not on the PATH */
export function require(program, cwd) {
  if (run([program, program === 'go' ? 'version' : '--version'], cwd).missing) {
    throw new Skipped(`${program} is not installed.`);
  }
}
