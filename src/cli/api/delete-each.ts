import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { failureText } from '../failure-text.js';
import { show } from './remote.js';

/**
 * Deletes the resources one by one, also after a failure, and prints the deleted ids: one as text, several as a list.
 * @throws CommandFailed with a line for each failure
 */
export async function deleteEach(
  command: Command,
  ids: readonly string[],
  remove: (id: string) => Promise<unknown>,
): Promise<void> {
  const failures: string[] = [];
  const gone: string[] = [];
  for (const id of ids) {
    const failure = await remove(id).then(
      () => undefined,
      (error: unknown) => `${id}: ${failureText(error)}`,
    );
    if (failure === undefined) gone.push(id);
    else failures.push(failure);
  }
  if (gone.length > 0) await showIds(command, gone, ids.length === 1);
  if (failures.length > 0) throw new CommandFailed(failures.join('\n'));
}

export async function showIds(command: Command, ids: string[], single = true): Promise<void> {
  await show(command, { columns: ['ID'], rows: ids.map((id) => [id]), value: single ? ids[0] : ids, single });
}
