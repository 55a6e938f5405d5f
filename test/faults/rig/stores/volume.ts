/** A separate small disk in memory, so that it can be full; only root can mount one. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE = '320m';

export class Volume {
  private readonly unmountAtExit = (): void => {
    spawnSync('umount', ['--lazy', this.folder]);
  };

  private constructor(private readonly folder: string) {
    process.once('exit', this.unmountAtExit);
  }

  /** Undefined where mounting is not allowed. */
  static async mount(): Promise<Volume | undefined> {
    if (process.getuid?.() !== 0) return undefined;
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=1777`, 'tmpfs', folder]);
      return new Volume(folder);
    } catch {
      await rmdir(folder);
      return undefined;
    }
  }

  /** Temporary folders made meanwhile are made on it. */
  static async within<T>(volume: Volume | undefined, make: () => Promise<T>): Promise<T> {
    const before = process.env.TMPDIR;
    if (volume) process.env.TMPDIR = volume.folder;
    try {
      return await make();
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  }

  /** Fills all the free space. */
  async fill(): Promise<void> {
    await writeFile(this.ballast, '');
    await run('dd', ['if=/dev/zero', `of=${this.ballast}`, 'bs=64k']).catch(() => undefined); // it ends when the disk is full
  }

  async empty(): Promise<void> {
    await rm(this.ballast, { force: true });
  }

  async unmount(): Promise<void> {
    process.off('exit', this.unmountAtExit);
    await run('umount', ['--lazy', this.folder]);
    await rmdir(this.folder).catch(() => undefined);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
