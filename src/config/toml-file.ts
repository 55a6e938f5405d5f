import { parse, TomlError } from 'smol-toml';
import type { Layer } from './layer.js';
import type { Path } from './schema-node.js';
import { withoutNulls, type ConfigurationTree } from './configuration-tree.js';

export function tomlLayer(file: string, text: string): Layer {
  try {
    const lines = keyLines(text);
    const values = withoutNulls(parse(text)) as ConfigurationTree;
    return { values, faults: [], locate: (path) => `${file}${lineOf(lines, path)}` };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [summary = ''] = error.message.split('\n'); // the rest quotes the file, which may contain secrets
    const source = `${file}:${error.line}:${error.column}`;
    return {
      values: {},
      faults: [{ path: [], source, problem: `the file cannot be read: ${summary}` }],
      locate: () => file,
    };
  }
}

const HEADER = /^(\s*\[+)([^[\]]+)\]/;
const KEY = /^(\s*)([\w$."'-][\w$.\s"'-]*)=/;

/** `:line:column` of each table and key at the beginning of a line. The parser does not report positions. */
function keyLines(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let table: string[] = [];
  text.split('\n').forEach((line, index) => {
    const header = HEADER.exec(line);
    const match = header ?? KEY.exec(line);
    if (!match) return;
    const [, before = '', name = ''] = match;
    const names = partsOf(name);
    if (header) table = names;
    found.set(addressOf(header ? names : [...table, ...names]), `:${index + 1}:${before.length + 1}`);
  });
  return found;
}

const partsOf = (dotted: string): string[] =>
  dotted.split('.').map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'));

const addressOf = (path: Path): string => JSON.stringify(path);

/** The position of the key, or of the nearest inline table or header around it. */
function lineOf(lines: ReadonlyMap<string, string>, path: Path): string {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(addressOf(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return '';
}
