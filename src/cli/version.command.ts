import type { Command } from 'commander';
import { readFileSync } from 'node:fs';

interface BuildInfo {
  version: string;
  /** Written by the build of a release. */
  hash?: string;
  time?: string;
}

export function versionCommand(command: Command): void {
  command.action(() => {
    const { version, hash = 'undefined', time = 'undefined' } = buildInfo();
    process.stdout.write(`Version:    ${version}\nGit Hash:   ${hash}\nBuild Time: ${time}\n`);
  });
}

/** From package.json, and from build.json beside it where the build made one. */
function buildInfo(): BuildInfo {
  const { folder, version } = ownPackage(new URL('.', import.meta.url));
  return { version, ...(readJson(new URL('build.json', folder)) as Partial<BuildInfo> | undefined) };
}

/** The nearest package.json above: source and build lie at different depths. */
function ownPackage(folder: URL): { folder: URL; version: string } {
  const found = readJson(new URL('package.json', folder)) as { name?: string; version?: string } | undefined;
  if (found?.name === 'ostiary') return { folder, version: found.version ?? 'undefined' };
  const above = new URL('..', folder);
  return above.href === folder.href ? { folder, version: 'undefined' } : ownPackage(above);
}

function readJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
