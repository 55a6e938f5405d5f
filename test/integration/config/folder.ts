import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder with files. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'ostiary-config-'));

  /** Writes a file and returns its path. */
  write(name: string, text: string | Buffer): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
