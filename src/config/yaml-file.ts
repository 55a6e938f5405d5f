import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Fault } from './fault.js';
import type { Layer } from './layer.js';
import type { Path } from './schema-node.js';
import { isTree, type ConfigurationTree, withoutNulls } from './configuration-tree.js';

/** Anchors and merge keys are resolved. An empty file has no values. Messages never quote the text: it contains secrets. */
export function yamlLayer(file: string, text: string): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'silent' });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors.map(({ message, pos }) => syntaxFault(at(pos[0]), message));
  const { values, faults } = broken.length > 0 ? { values: {}, faults: broken.slice(0, 1) } : valuesOf(document, at(0));
  return { values, faults, locate: (path) => at(offsetOf(document.contents, path)) };
}

function valuesOf(document: Document, start: string): { values: ConfigurationTree; faults: Fault[] } {
  try {
    const values: unknown = withoutNulls(document.toJS() ?? {});
    if (isTree(values)) return { values, faults: [] };
    return { values: {}, faults: [{ path: [], source: start, problem: 'expected keys with values' }] };
  } catch {
    return {
      values: {},
      faults: [syntaxFault(start, 'An alias has no anchor before it, or there are too many aliases')],
    };
  }
}

/** The parser's messages quote a token after a colon. It is removed, because it may be a secret. */
function syntaxFault(source: string, message: string): Fault {
  return { path: [], source, problem: `the file cannot be read: ${message.replace(/: ".*$/s, '')}` };
}

/** The offset of the key or item at the end of the path. Behind an alias, that of the nearest key or item around it. */
function offsetOf(root: unknown, path: Path): number {
  let node = root;
  let offset = isNode(root) ? startOf(root) : 0;
  for (const step of path) {
    const found = stepInto(node, step);
    if (!found) break;
    node = found.value;
    offset = startOf(found.at);
  }
  return offset;
}

function stepInto(node: unknown, step: string | number): { at: Node; value: unknown } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return isNode(item) ? { at: item, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  return pair && isNode(pair.key) ? { at: pair.key, value: pair.value } : undefined;
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;
