/**
 * Reads the configuration files again when they change. What is watched are their folders: editors replace a file by
 * renaming, and Kubernetes swaps a symbolic link beside it. A configuration that is not valid changes nothing.
 */
import { Logger } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { changedBootKeys, fixedValues, withBootValues } from './boot-values.js';
import type { ConfigHolder } from './config-holder.js';
import { ConfigurationError } from './configuration-error.js';
import type { Environment } from './environment-layer.js';
import { givenValues, loadConfiguration } from './load-configuration.js';
import { readText } from './read-text.js';

export type Reload =
  /** `kept`: keys whose change waits for a restart. */
  { outcome: 'reloaded'; kept: string[] } | { outcome: 'refused'; message: string };

/** Long enough for an editor to write a file to its end. */
const SETTLE_MS = 100;

/** Emits `reload` with what became of each change. */
export class ConfigWatcher extends EventEmitter<{ reload: [Reload] }> {
  private readonly logger = new Logger('Configuration');
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly given: ReturnType<typeof givenValues>;
  private readonly generatedSecret: string | undefined;
  private texts: (string | undefined)[];
  private timer: NodeJS.Timeout | undefined;

  /** @param sources the files of the start; `env` defaults to the environment of the process. */
  constructor(
    private readonly holder: ConfigHolder,
    private readonly sources: { files: readonly string[]; env?: Environment },
  ) {
    super();
    this.given = givenValues(sources);
    this.generatedSecret = holder.current.secrets.system[0]; // counts only where none is configured
    this.texts = this.read();
  }

  /** Nothing is watched where there are no files. */
  start(): this {
    this.watchFolders();
    return this;
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private watchFolders(): void {
    const folders = new Set(this.sources.files.flatMap(foldersOf));
    for (const [folder, watcher] of this.watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of folders) if (!this.watchers.has(folder)) this.watchFolder(folder);
  }

  private watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.settle();
      });
      watcher.on('error', () => {
        watcher.close();
        this.watchers.delete(folder);
      });
      this.watchers.set(folder, watcher);
    } catch (error) {
      const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
      this.logger.warn(`Changes in ${folder} will not be noticed (${code}): restart after a change.`);
    }
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look();
    }, SETTLE_MS).unref();
  }

  /** Reads the files, and reloads where their text is not the one of last time. */
  private look(): void {
    this.watchFolders();
    const before = this.texts;
    this.texts = this.read();
    if (this.texts.every((text, index) => text === before[index])) return;
    const reload = this.reload();
    this.report(reload);
    this.emit('reload', reload);
  }

  private reload(): Reload {
    const emptied = this.sources.files.find((_, index) => this.texts[index]?.trim() === '');
    if (emptied !== undefined) return { outcome: 'refused', message: `${emptied} is empty` }; // half-written
    try {
      const { current } = this.holder;
      const { generatedSecret } = this;
      const next = loadConfiguration({ ...this.sources, fixed: fixedValues(current), generatedSecret });
      this.holder.replace(withBootValues(current, next));
      return { outcome: 'reloaded', kept: changedBootKeys(this.given, givenValues(this.sources)) };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return { outcome: 'refused', message: error.message };
    }
  }

  private report(reload: Reload): void {
    if (reload.outcome === 'refused') {
      this.logger.error(`The changed configuration is refused, the previous one stays in force. ${reload.message}`);
      return;
    }
    this.logger.log('The changed configuration is in force.');
    if (reload.kept.length > 0) this.logger.warn(`These changes need a restart: ${reload.kept.join(', ')}`);
  }

  private read(): (string | undefined)[] {
    return this.sources.files.map((file) => {
      try {
        return readText(file);
      } catch {
        return undefined;
      }
    });
  }
}

/** Where the path lies and, behind symbolic links, where the file lies. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))];
  } catch {
    return [dirname(file)];
  }
}
