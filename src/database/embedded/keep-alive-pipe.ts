/**
 * A named pipe that ties the embedded PostgreSQL to the processes that use it. Each of them holds it open for writing;
 * the launcher reads, and stops PostgreSQL when the last one has ended. The kernel closes the files of a killed process, so
 * this works after SIGKILL too. A pipe with a reader means that a PostgreSQL runs on this folder, in this
 * container or in another one that shares it.
 */
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ENVIRONMENT } from './account.js';

const run = promisify(execFile);

export class KeepAlivePipe {
  private constructor(private readonly path: string) {}

  static async at(path: string): Promise<KeepAlivePipe> {
    try {
      await run('mkfifo', ['-m', '600', path], { env: ENVIRONMENT });
    } catch (cause) {
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFIFO()) {
        throw new Error(`No named pipe could be made at ${path}: set DATA_DIR to a folder on a local file system.`, {
          cause,
        });
      }
    }
    return new KeepAlivePipe(path);
  }

  /** Opens the pipe of a running PostgreSQL; undefined where none runs. */
  join(): number | undefined {
    try {
      return openSync(this.path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENXIO') return undefined; // the pipe has no reader
      if (code !== 'EACCES') throw error;
      throw new Error(`${this.path} belongs to another user: start Ostiary as that user, or with another DATA_DIR.`, {
        cause: error,
      });
    }
  }

  /** True while a launcher reads from it. */
  running(): boolean {
    const hold = this.join();
    if (hold !== undefined) closeSync(hold);
    return hold !== undefined;
  }

  /** Opens both ends for a new launcher: it gets `read`, this process keeps `hold`. */
  create(): { read: number; hold: number } {
    const both = openSync(this.path, constants.O_RDWR); // so that neither of the next two waits for the other
    try {
      return { read: openSync(this.path, constants.O_RDONLY), hold: openSync(this.path, constants.O_WRONLY) };
    } finally {
      closeSync(both);
    }
  }

  /** True when no process holds it any more. */
  released(): boolean {
    const read = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readSync(read, Buffer.alloc(1)) === 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      throw error;
    } finally {
      closeSync(read);
    }
  }
}
