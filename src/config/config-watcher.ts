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
import { type FileSnapshot, isSame, takeSnapshot, type WatchedSources } from './file-snapshot.js';
import { loadConfiguration } from './load-configuration.js';

export type Reload =
  /** `kept`: keys whose change waits for a restart. */
  { outcome: 'reloaded'; kept: string[] } | { outcome: 'refused'; message: string };

/** Long enough for an editor to write a file to its end. */
const SETTLE_MS = 100;

/** Emits `reload` with what became of each change. */
export class ConfigWatcher extends EventEmitter<{ reload: [Reload] }> {
  private readonly logger = new Logger('Configuration');
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly generatedSecret: string | undefined;
  private latest: FileSnapshot;
  private timer: NodeJS.Timeout | undefined;

  /** @param atStart the files as they were when the configuration of the holder was read */
  constructor(
    private readonly holder: ConfigHolder,
    private readonly sources: WatchedSources,
    private readonly atStart: FileSnapshot = takeSnapshot(sources),
  ) {
    super();
    this.latest = atStart;
    this.generatedSecret = holder.current.secrets.system[0]; // counts only where none is configured
  }

  /** Nothing is watched where there are no files. */
  start(): this {
    this.look();
    return this;
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  /** Reads the files, and reloads where their text is not the one of last time. */
  private look(): void {
    this.watchFolders();
    const before = this.latest;
    this.latest = takeSnapshot(this.sources);
    if (isSame(before, this.latest)) return;
    const reload = this.reload();
    this.report(reload);
    this.emit('reload', reload);
  }

  private reload(): Reload {
    const { current } = this.holder;
    const emptied = this.sources.files.find((_, index) => this.latest.texts[index]?.trim() === '');
    if (emptied !== undefined) return { outcome: 'refused', message: `${emptied} is empty` }; // half-written
    try {
      const { generatedSecret } = this;
      const next = loadConfiguration({ ...this.sources, fixed: fixedValues(current), generatedSecret });
      this.holder.replace(withBootValues(current, next));
      return { outcome: 'reloaded', kept: changedBootKeys(this.atStart.given, this.latest.given) };
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

  /** A folder may be another one by now: links are followed again. */
  private watchFolders(): void {
    const folders = new Set(this.sources.files.flatMap(foldersOf));
    for (const folder of this.watchers.keys()) if (!folders.has(folder)) this.forget(folder);
    for (const folder of folders) if (!this.watchers.has(folder)) this.watchFolder(folder);
  }

  private watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.settle();
      });
      watcher.on('error', () => {
        this.forget(folder);
      });
      this.watchers.set(folder, watcher);
    } catch (error) {
      const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
      this.logger.warn(`Changes in ${folder} will not be noticed (${code}): restart after a change.`);
    }
  }

  private forget(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look();
    }, SETTLE_MS).unref();
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
