/** Reads the configuration files again when they change. A configuration that is not valid changes nothing. */
import { EventEmitter } from 'node:events';
import { changedBootKeys, fixedValues, withBootValues } from './boot-values.js';
import type { ConfigHolder } from './config-holder.js';
import { ConfigurationError } from './configuration-error.js';
import { FileWatch } from './file-watch.js';
import { type FileSnapshot, isSame, takeSnapshot, type WatchedSources } from './file-snapshot.js';
import { loadConfiguration } from './load-configuration.js';
import { isEmbedded } from './rules.js';
import { type Tree, valueAt } from './tree.js';

export type Reload =
  /** `kept`: keys whose change waits for a restart. */
  { outcome: 'reloaded'; kept: string[] } | { outcome: 'refused'; message: string };

/** Where it says what became of a change. */
export interface ReloadLog {
  log(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** Emits `reload` with what became of each change. */
export class ConfigWatcher extends EventEmitter<{ reload: [Reload] }> {
  private readonly watch: FileWatch;
  private readonly generatedSecret: string | undefined;
  private latest: FileSnapshot;

  /** @param atStart the files as they were when the configuration of the holder was read */
  constructor(
    private readonly holder: ConfigHolder,
    private readonly sources: WatchedSources,
    private readonly logger: ReloadLog,
    private readonly atStart: FileSnapshot = takeSnapshot(sources),
  ) {
    super();
    this.latest = atStart;
    this.watch = new FileWatch(
      sources.files,
      () => {
        this.look();
      },
      (text) => {
        logger.warn(text);
      },
    );
    this.generatedSecret = isGenerated(atStart.given) ? holder.current.secrets.system[0] : undefined;
  }

  /** Nothing is watched where there are no files. */
  start(): this {
    this.look();
    return this;
  }

  close(): void {
    this.watch.close();
  }

  /** Reads the files, and reloads where their text is not the one of last time. */
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
}

/** Whether the secret of the start came with the embedded database. A configured one is never stood in for. */
function isGenerated(given: Tree): boolean {
  const system = valueAt(given, ['secrets', 'system']);
  return isEmbedded(given['dsn']) && !(Array.isArray(system) && system.length > 0);
}
