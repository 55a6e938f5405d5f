/** Configuration files in YAML, JSON and TOML. JSON is read as YAML, because that reader knows lines and columns. */
import { extname } from 'node:path';
import type { Fault } from './fault.js';
import type { Layer } from './layer.js';
import { readText, reason } from './read-text.js';
import { tomlLayer } from './toml-file.js';
import { yamlLayer } from './yaml-file.js';

type Reader = (file: string, text: string) => Layer;

const READERS = new Map<string, Reader>([
  ['.yaml', yamlLayer],
  ['.yml', yamlLayer],
  ['.json', yamlLayer],
  ['.toml', tomlLayer],
]);

/** Never throws: errors of the file are in the faults. */
export function fileLayer(file: string): Layer {
  const read = READERS.get(extname(file).toLowerCase());
  if (!read) return refused(file, `expected a file that ends in ${[...READERS.keys()].join(', ')}`);
  try {
    return read(file, readText(file));
  } catch (error) {
    return refused(file, `the file cannot be read: ${reason(error)}`);
  }
}

function refused(file: string, problem: string): Layer {
  const fault: Fault = { path: [], source: file, problem };
  return { values: {}, faults: [fault], locate: () => file };
}
