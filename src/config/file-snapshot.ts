import { type Environment, filesOfSecrets } from './environment-layer.js';
import { givenValues } from './load-configuration.js';
import { readText } from './read-text.js';
import type { ConfigurationTree } from './configuration-tree.js';

export interface WatchedSources {
  /** The files that were given at the start. */
  files: readonly string[];
  /** By default the environment of the process. */
  env?: Environment;
}

/** The files at one moment. It is taken before they are read for the start, so that no change is missed. */
export interface FileSnapshot {
  /** In the order of {@link watchedFiles}; undefined for a file that could not be read. */
  texts: readonly (string | undefined)[];
  /** The values of the files and the environment, before defaults and checks. */
  given: ConfigurationTree;
}

/** The configuration files, and those that variables name for a secret. */
export function watchedFiles({ files, env = process.env }: WatchedSources): string[] {
  return [...files, ...filesOfSecrets(env)];
}

export function takeSnapshot(sources: WatchedSources): FileSnapshot {
  return { texts: watchedFiles(sources).map(readable), given: givenValues(sources) };
}

export function isSame(a: FileSnapshot, b: FileSnapshot): boolean {
  return a.texts.every((text, index) => text === b.texts[index]);
}

function readable(file: string): string | undefined {
  try {
    return readText(file);
  } catch {
    return undefined;
  }
}
