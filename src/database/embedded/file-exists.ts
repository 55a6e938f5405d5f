import { stat } from 'node:fs/promises';

/** True where the path exists; links are followed. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
