/**
 * Values from environment variables. The variable of a key is its path in capitals with `_` for `.`; that of a list item
 * has the index at its end. A secret may come from the file that `NAME_FILE` names. Variables without a key are ignored, and
 * so are empty variables, because Docker Compose sets those for absent values. An empty DSN is not ignored: without a DSN
 * the embedded database would start.
 */
import { type Reading, readVariable } from './environment-value.js';
import { type Fault, shownValue } from './fault.js';
import type { Layer } from './layer.js';
import { readText, reason } from './read-text.js';
import { keysBelow, type Path, schemaTree, type SchemaNode } from './schema-node.js';
import { type ConfigurationTree, valueAt, withValue } from './configuration-tree.js';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Setting {
  path: Path;
  variable: string;
  reading: Reading;
  /** The text of the variable; undefined if the value came from a file. */
  text?: string;
}

const FILE_SUFFIX = '_FILE';
const DSN = 'DSN';

/** `ttl.access_token` → `TTL_ACCESS_TOKEN` */
export function variableOf(path: Path): string {
  return path.join('_').toUpperCase();
}

export function environmentLayer(env: Environment): Layer {
  const faults: Fault[] = [];
  const variables = new Map<string, string>();
  let values: ConfigurationTree = {};
  for (const setting of [...readSettings(env)].sort((a, b) => order(a) - order(b))) {
    const { path, variable, reading } = setting;
    const expected = 'expected' in reading ? reading.expected : missingBefore(values, path);
    if (expected !== undefined) faults.push(faultOf(setting, expected));
    else if ('value' in reading) values = withValue(values, path, reading.value) as ConfigurationTree;
    variables.set(addressOf(path), variable);
  }
  return { values, faults, locate: (path) => `variable ${variableAt(variables, path)}` };
}

/** The files that variables of secrets name (`NAME_FILE`). */
export function filesOfSecrets(env: Environment): string[] {
  return [...keysBelow(schemaTree())]
    .filter(({ node }) => node.environment && node.secret)
    .flatMap(({ path }) => env[variableOf(path) + FILE_SUFFIX] || []);
}

/** Groups come before the keys in them, and lists before their items, which are sorted by index. */
function order({ path }: Setting): number {
  const last = path.at(-1);
  return typeof last === 'number' ? 1000 + last : path.length;
}

function* readSettings(env: Environment): Generator<Setting> {
  for (const { path, node } of keysBelow(schemaTree())) {
    if (!node.environment) continue;
    const setting = readSetting(env, path, node);
    if (setting) yield setting;
    if (node.items) yield* readItems(env, path, node.items);
  }
}

function readSetting(env: Environment, path: Path, node: SchemaNode): Setting | undefined {
  const variable = variableOf(path);
  const text = env[variable] === '' && variable !== DSN ? undefined : env[variable];
  const file = node.secret ? env[variable + FILE_SUFFIX] || undefined : undefined;
  if (file === undefined)
    return text === undefined ? undefined : { path, variable, text, reading: readVariable(text, node) };
  const both = { expected: `only one of ${variable} and ${variable}${FILE_SUFFIX}` };
  return { path, variable: variable + FILE_SUFFIX, reading: text === undefined ? readNamedFile(file, node) : both };
}

function* readItems(env: Environment, path: Path, node: SchemaNode): Generator<Setting> {
  const prefix = `${variableOf(path)}_`;
  for (const [variable, text] of Object.entries(env)) {
    if (!text || !variable.startsWith(prefix)) continue;
    const index = variable.slice(prefix.length);
    if (/^\d{1,3}$/.test(index))
      yield { path: [...path, Number(index)], variable, text, reading: readVariable(text, node) };
  }
}

/** The text of the file, trimmed. For a list each line may be one value, besides the forms that a variable may have. */
function readNamedFile(file: string, node: SchemaNode): Reading {
  try {
    const text = readText(file).trim();
    const isLines = node.types.includes('array') && !text.startsWith('[') && text.includes('\n');
    return isLines
      ? {
          value: text
            .split('\n')
            .map((line) => line.trim())
            .filter(Boolean),
        }
      : readVariable(text, node);
  } catch (error) {
    return { expected: `a file with the value, but ${reason(error)}` };
  }
}

/** The variable of the item before this one, if it is missing: indexes have no gap. */
function missingBefore(values: ConfigurationTree, path: Path): string | undefined {
  const index = path.at(-1);
  if (typeof index !== 'number') return undefined;
  const list = valueAt(values, path.slice(0, -1));
  const length = Array.isArray(list) ? list.length : 0;
  return index > length
    ? `${variableOf([...path.slice(0, -1), length])} as well, for items are counted from 0`
    : undefined;
}

function faultOf({ path, variable, text }: Setting, expected: string): Fault {
  return { path, source: `variable ${variable}`, problem: `expected ${expected}`, shown: shownValue(path, text) };
}

/** The variable of the path, or of the nearest list or group around it. */
function variableAt(variables: ReadonlyMap<string, string>, path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const variable = variables.get(addressOf(path.slice(0, length)));
    if (variable !== undefined) return variable;
  }
  return variableOf(path);
}

const addressOf = (path: Path): string => JSON.stringify(path);
