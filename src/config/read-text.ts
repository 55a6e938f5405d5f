import { readFileSync } from 'node:fs';

/** The text of a file without a byte order mark. @throws Error of the file system, or if the file is not UTF-8 */
export function readText(file: string): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
}

/** The reason why a file could not be read, for a message. */
export function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission is denied';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : (code ?? 'it is damaged');
}
