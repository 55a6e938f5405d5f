/**
 * The program of the last release, built from the history of the repository: `last-release.txt` names its commit or tag.
 * It is built once and kept beside the installed packages, which it uses too.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../e2e/support/built.js';

const run = promisify(execFile);
const FILE = fileURLToPath(new URL('last-release.txt', import.meta.url));
const LARGEST_ARCHIVE = 512 * 2 ** 20;

export interface LastRelease {
  /** The path of the built program; undefined where it is not available. */
  program?: string;
  /** The reason why it is not available. */
  reason?: string;
}

/** @throws where the release is in the history and cannot be built */
export async function lastRelease(): Promise<LastRelease> {
  const name = readFileSync(FILE, 'utf8').trim();
  const commit = await git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => undefined);
  if (commit === undefined)
    return {
      reason: `the history with ${name} is not here (a shallow clone, or no repository): git fetch --unshallow`,
    };
  const missing = await missingPackages(commit.trim());
  if (missing.length > 0)
    return { reason: `${name} was made with other packages than those installed here: ${missing.join(', ')}` };
  return { program: await build(commit.trim()) };
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: root })).stdout;
}

/** Tests have no network: the packages of the release must be those that are installed. */
async function missingPackages(commit: string): Promise<string[]> {
  const wanted = packagesOf(await git('show', `${commit}:package.json`));
  const installed = packagesOf(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(wanted)
    .filter(([name, version]) => installed[name] !== version)
    .map(([name, version]) => `${name} ${version}`);
}

function packagesOf(text: string): Record<string, string> {
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies;
}

async function build(commit: string): Promise<string> {
  const place = join(root, 'node_modules', `.ostiary-release-${commit.slice(0, 12)}`);
  const program = join(place, 'dist/src/main.js');
  if (existsSync(program)) return program;
  const draft = `${place}-${process.pid}`;
  await mkdir(draft, { recursive: true });
  const archive = join(draft, 'archive.tar');
  await run('git', ['archive', '--output', archive, commit], { cwd: root });
  await run('tar', ['-xf', archive, '-C', draft], { maxBuffer: LARGEST_ARCHIVE });
  await symlink(join(root, 'node_modules'), join(draft, 'node_modules'));
  await run(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], { cwd: draft });
  await rm(archive);
  // Another process may have been faster.
  await rename(draft, place).catch(() => rm(draft, { recursive: true, force: true }));
  return program;
}
