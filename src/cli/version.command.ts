import type { Command } from 'commander';
import { readFileSync } from 'node:fs';

interface BuildInfo {
  version?: string;
  /** The time of the commit. */
  hash?: string;
  time?: string;
}

export function versionCommand(command: Command): void {
  command.action(() => {
    const { version = 'undefined', hash = 'undefined', time = 'undefined' } = buildInfo(new URL('.', import.meta.url));
    process.stdout.write(`Version:    ${version}\nGit Hash:   ${hash}\nBuild Time: ${time}\n`);
  });
}

/** From the nearest package.json above (source and build lie at different depths), and a build.json on the way to it. */
function buildInfo(folder: URL): BuildInfo {
  const built = readJson(new URL('build.json', folder));
  const found = readJson(new URL('package.json', folder));
  const above = new URL('..', folder);
  const isOwn = found?.name === 'ostiary' || above.href === folder.href;
  return { ...(isOwn ? { version: found?.version } : buildInfo(above)), ...built };
}

function readJson(file: URL): (BuildInfo & { name?: string }) | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BuildInfo;
  } catch {
    return undefined;
  }
}
