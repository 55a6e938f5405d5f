/**
 * Reports when files may have changed. It watches their folders, because editors replace a file by renaming, and Kubernetes
 * swaps a symbolic link beside it. The caller reads the files to find out whether they did change.
 */
import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Long enough for an editor to write a whole file. */
const SETTLE_MS = 100;

export class FileWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param changed is called once for several changes in quick succession
   * @param warn is called with a message about a folder that cannot be watched
   */
  constructor(
    private readonly files: readonly string[],
    private readonly changed: () => void,
    private readonly warn: (text: string) => void,
  ) {}

  /**
   * Must be called before each reading of the files, because a symbolic link may point to another folder by then.
   * Without files nothing is watched.
   */
  look(): void {
    const folders = new Set(this.files.flatMap(foldersOf));
    for (const folder of this.watchers.keys()) if (!folders.has(folder)) this.forget(folder);
    for (const folder of folders) if (!this.watchers.has(folder)) this.watchFolder(folder);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
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
      this.warn(`The folder ${folder} cannot be watched (${code}): restart the server after a change.`);
    }
  }

  private forget(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.changed, SETTLE_MS).unref();
  }
}

/** The folder of the path and, if it is a symbolic link, the folder of the actual file. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))];
  } catch {
    return [dirname(file)];
  }
}
