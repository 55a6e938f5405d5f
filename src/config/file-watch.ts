/**
 * Tells when files may have changed. What is watched are their folders: editors replace a file by renaming, and Kubernetes
 * swaps a symbolic link beside it. Whoever is told reads the files and finds out whether they did.
 */
import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Long enough for an editor to write a file to its end. */
const SETTLE_MS = 100;

export class FileWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param changed called once for changes that follow one another quickly
   * @param warn is told what cannot be watched
   */
  constructor(
    private readonly files: readonly string[],
    private readonly changed: () => void,
    private readonly warn: (text: string) => void,
  ) {}

  /**
   * To be called before the files are read, each time: a folder may be another one by then, for links are followed again.
   * Nothing is watched where there are no files.
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
      this.warn(`Changes in ${folder} will not be noticed (${code}): restart after a change.`);
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

/** Where the path lies and, behind symbolic links, where the file lies. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))];
  } catch {
    return [dirname(file)];
  }
}
