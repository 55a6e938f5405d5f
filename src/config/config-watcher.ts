/** Reads the configuration files, and those of secrets, again when they change. An invalid configuration changes nothing. */
import { EventEmitter } from 'node:events';
import { changedBootKeys, fixedValues, withBootValues } from './boot-values.js';
import type { ConfigHolder } from './config-holder.js';
import { ConfigurationError } from './configuration-error.js';
import { FileWatch } from './file-watch.js';
import { type FileSnapshot, isSame, takeSnapshot, watchedFiles, type WatchedSources } from './file-snapshot.js';
import { loadConfiguration } from './load-configuration.js';
import { isEmbedded } from './rules.js';
import { type ConfigurationTree, valueAt } from './configuration-tree.js';

export type Reload =
  /** `kept`: changed keys that take effect only after a restart. */
  { outcome: 'reloaded'; kept: string[] } | { outcome: 'refused'; message: string };

/** The log for the outcome of a reload. */
export interface ReloadLog {
  log(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** Emits `reload` with the outcome after each change. */
export class ConfigWatcher extends EventEmitter<{ reload: [Reload] }> {
  private readonly watch: FileWatch;
  private readonly files: readonly string[];
  private readonly generatedSecret: string | undefined;
  private latest: FileSnapshot;

  /** @param atStart the files at the time when the configuration in the holder was read */
  constructor(
    private readonly holder: ConfigHolder,
    private readonly sources: WatchedSources,
    private readonly logger: ReloadLog,
    private readonly atStart: FileSnapshot = takeSnapshot(sources),
  ) {
    super();
    this.latest = atStart;
    this.files = watchedFiles(sources);
    this.watch = new FileWatch(
      this.files,
      () => {
        this.look();
      },
      (text) => {
        logger.warn(text);
      },
    );
    this.generatedSecret = isGenerated(atStart.given) ? holder.current.secrets.system[0] : undefined;
  }

  /** Begins to watch the files, if there are any. */
  start(): this {
    this.look();
    return this;
  }

  close(): void {
    this.watch.close();
  }

  /** Reads the files, and reloads the configuration if their text has changed. */
  private look(): void {
    this.watch.look();
    const before = this.latest;
    this.latest = takeSnapshot(this.sources);
    if (isSame(before, this.latest)) return;
    const reload = this.reload();
    this.report(reload);
    this.emit('reload', reload);
  }

  private reload(): Reload {
    const { current } = this.holder;
    const emptied = this.files.find((_, index) => this.latest.texts[index]?.trim() === '');
    if (emptied !== undefined) return { outcome: 'refused', message: `${emptied} is empty` }; // still being written
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
}

/** Whether the system secret came with the embedded database. A configured secret is never replaced by it. */
function isGenerated(given: ConfigurationTree): boolean {
  const system = valueAt(given, ['secrets', 'system']);
  return isEmbedded(given['dsn']) && !(Array.isArray(system) && system.length > 0);
}
