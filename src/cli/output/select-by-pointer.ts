import { Pointer } from 'rfc6902';
import { CommandFailed } from '../command-failed.js';

/** Selects what `--format jsonpointer=` names (RFC 6901). @throws CommandFailed where there is no such value */
export function selectByPointer(value: unknown, pointer: string): unknown {
  if (pointer !== '' && !pointer.startsWith('/'))
    throw new CommandFailed('A JSON pointer begins with a slash, as in /0/version.');
  const found: unknown = Pointer.fromJSON(pointer).get(value);
  if (found === undefined) throw new CommandFailed(`There is nothing at ${pointer}.`);
  return found;
}
