/** What is wrong with a configuration, for the operator who has to change it. */
import { nodeAt, type Path, type SchemaNode } from './schema-node.js';

export interface Fault {
  path: Path;
  /** Where the value was given: `file:line:column`, `variable NAME`, `flag --dev`, or `not set`. */
  source: string;
  /** Completes "expected …", or is a sentence of its own that begins with a colon-free word such as "unknown key". */
  problem: string;
  /** The offending value as text, where it may be shown. */
  shown?: string;
}

export const NOT_SET = 'not set';

const LONGEST_VALUE = 80;

/** `serve.public.cors.allowed_origins[1]`; empty for the whole file. */
export function keyOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** The value for a message; undefined where it is or contains a secret, or is not a plain one. */
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

/** One line of the message. */
export function faultLine({ path, source, problem, shown }: Fault): string {
  const key = keyOf(path);
  const got = shown === undefined ? '' : `, got ${shown}`;
  return `${source}: ${key ? `${key}: ` : ''}${problem}${got}`;
}
