/** Reads client documents from files. */
import type { Command } from 'commander';
import { isJsonObject, type JsonObject } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import { jsonIn, nameOf, readInput } from '../input/read-input.js';
import { givenFlags } from './client-flags.js';

export interface FileFlag {
  file?: string;
}

/** The secret given as a flag, which applies where no file is given. */
export function givenSecret(command: Command): string | undefined {
  const { file, secret } = command.opts<FileFlag & { secret?: string }>();
  return file === undefined ? secret : undefined;
}

/** Reads the one document of a file. Flags that have no effect beside it are named on stderr. */
export async function clientFile(file: string, command: Command): Promise<JsonObject> {
  const ignored = givenFlags(command);
  if (ignored.length > 0) process.stderr.write(`Beside --file these flags have no effect: ${ignored.join(', ')}\n`);
  const document = jsonIn(await readInput(file), nameOf(file));
  if (isJsonObject(document)) return document;
  throw new CommandFailed(`${nameOf(file)} must hold one JSON object, the client.`);
}
