/** Secrets and keys that a declaration takes from elsewhere: `{from_file: PATH}` or `{from_env: NAME}`. */
import { isAbsolute, join } from 'node:path';
import { isJsonObject, type JsonValue } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import { readInput } from '../input/read-input.js';
import type { Declaration } from './declaration.js';

/** @returns the bytes, or undefined where the value stands in the declaration itself */
export async function sourced(
  value: JsonValue | undefined,
  { where, folder }: Declaration,
): Promise<Buffer | undefined> {
  if (!isJsonObject(value)) return undefined;
  const { from_file: file, from_env: name } = value;
  if (typeof file === 'string') return readInput(isAbsolute(file) ? file : join(folder, file));
  if (typeof name !== 'string') return undefined;
  const text = process.env[name];
  if (text === undefined || text === '') throw new CommandFailed(`${where}: the variable ${name} is not set.`);
  return Buffer.from(text);
}

/** A text without the newline at its end. @throws CommandFailed where it is neither a text nor a source */
export async function sourcedText(member: string, declaration: Declaration): Promise<string | undefined> {
  const value = declaration.spec[member];
  if (value === undefined || typeof value === 'string') return value;
  const content = await sourced(value, declaration);
  if (content) return content.toString().replace(/\r?\n$/, '');
  throw new CommandFailed(
    `${declaration.where}: spec.${member} must be a text, {from_file: PATH} or {from_env: NAME}.`,
  );
}
