import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';

/** One thing that a file says must be there. */
export interface Declaration {
  kind: string;
  /** The file, and the number of the document in it. */
  where: string;
  /** The folder that relative paths start from. */
  folder: string;
  spec: JsonObject;
}

/** Empty for what is no text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws CommandFailed where the member is not a text with content */
export function textMember({ spec, where, kind }: Declaration, member: string): string {
  const value = spec[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new CommandFailed(`${where}: ${kind} needs spec.${member}, a text.`);
}

/** @throws CommandFailed where it is neither a list of texts nor absent */
export function textsMember({ spec, where }: Declaration, member: string): string[] {
  const value: JsonValue = spec[member] ?? [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new CommandFailed(`${where}: spec.${member} must be a list of texts.`);
}

/** @throws CommandFailed where the document has no `spec` */
export function specOf(document: JsonObject, where: string): JsonObject {
  if (isJsonObject(document.spec)) return document.spec;
  throw new CommandFailed(`${where}: write the members of the ${textOf(document.kind)} under spec.`);
}
