/** Reads the files and the standard input of commands. */
import { readFile } from 'node:fs/promises';
import { parseJson } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';

export const STANDARD_INPUT = '-';

/** @throws CommandFailed where the file cannot be read */
export async function readInput(file: string): Promise<Buffer> {
  if (file === STANDARD_INPUT) return readStandardInput();
  try {
    return await readFile(file);
  } catch (error) {
    const { code = 'no further details' } = error as NodeJS.ErrnoException;
    throw new CommandFailed(`${file} cannot be read (${code}).`, error);
  }
}

/** @param name the name of the source in messages @throws CommandFailed where the text is not JSON */
export function jsonIn(content: Buffer, name: string): unknown {
  try {
    return parseJson(content.toString().replace(/^\uFEFF/, ''));
  } catch (error) {
    const [where = ''] = / at position \d+/.exec((error as Error).message) ?? []; // the rest of the message could quote a secret
    throw new CommandFailed(`${name} does not hold valid JSON${where}.`, error);
  }
}

/** The name of an input source in messages. */
export const nameOf = (file: string): string => (file === STANDARD_INPUT ? 'standard input' : file);

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
