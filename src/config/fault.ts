/** Faults in a configuration, for the operator who has to correct them. */
import { nodeAt, type Path, type SchemaNode } from './schema-node.js';

export interface Fault {
  path: Path;
  /** The origin of the value: `file:line:column`, `variable NAME`, `flag --dev`, or `not set`. */
  source: string;
  /** The text of the message, such as "expected a number" or "unknown key". */
  problem: string;
  /** The faulty value as text, if it may be shown. */
  shown?: string;
}

export const NOT_SET = 'not set';

const LONGEST_VALUE = 80;

/** The path as text, such as `serve.public.cors.allowed_origins[1]`; empty for the whole file. */
export function keyOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** The value for a message; undefined if it is not a plain value, or is or contains a secret. */
export function shownValue(path: Path, value: unknown): string | undefined {
  if (value === null || !['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  const node = nodeAt(path);
  if (!node || holdsSecret(node)) return undefined;
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function holdsSecret(node: SchemaNode): boolean {
  return node.secret || [...node.properties.values()].some(holdsSecret);
}

/** The fault as one line of a message. */
export function faultLine({ path, source, problem, shown }: Fault): string {
  const key = keyOf(path);
  const got = shown === undefined ? '' : `, got ${shown}`;
  return `${source}: ${key ? `${key}: ` : ''}${problem}${got}`;
}
