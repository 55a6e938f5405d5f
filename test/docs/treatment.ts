/** What is done with each block of the documentation: it is executed, it is checked, or it is an exception with a reason. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { schemaTree } from '../../src/config/schema-node.js';
import { root } from '../e2e/support/built.js';
import { EXCEPTIONS } from './exceptions.js';
import { type Block, GUIDES } from './pages.js';

export type Treatment =
  /** Executed here; `until` is the text that a program prints which goes on beside the next blocks. */
  | { as: 'command'; until?: string; exits: number }
  /** What the command before it prints; `…` stands for anything. */
  | { as: 'output' }
  /** Written to a file of the page's folder. */
  | { as: 'file'; name: string }
  /** Merged into the configuration of the page's server, and validated. */
  | { as: 'configuration'; isServed: boolean }
  /** Lines of a file of the repository. */
  | { as: 'part'; of: string }
  /** Executed or checked by that test, which names the page or a program of the block. */
  | { as: 'elsewhere'; test: string }
  /** Shell text whose calls of `ostiary` and of npm scripts must be accepted. */
  | { as: 'parsed'; reason?: string }
  /** A fragment of a program, which must be TypeScript or JavaScript. */
  | { as: 'code' }
  /** A request or response whose method and path the API document must have. */
  | { as: 'message' }
  /** JSON that a schema of the API document must accept. */
  | { as: 'document'; schema: string }
  /** A drawing: `npm run docs` renders it, and fails where it cannot. */
  | { as: 'drawing' }
  | { as: 'exception'; reason: string };

/** Pages that another test reads as a whole, by the kind of block. It must name the page. */
const READ_BY: Record<string, Record<string, string>> = {
  'docs/command-line.md': { sh: 'test/integration/cli/documentation.test.ts' },
  'docs/moving-from-hydra.md': { sh: 'test/integration/import-hydra/guide.test.ts' },
  'docs/clients.md': { json: 'test/architecture/client-programs.test.ts' },
  'docs/kubernetes.md': { yaml: 'test/deploy/render.test.ts' },
};

/** @throws where nothing says how to treat the block */
export function treatmentOf(block: Block): Treatment {
  return fromNote(block) ?? readElsewhere(block) ?? fromKind(block) ?? unknown(block);
}

function fromNote({ note, ...block }: Block): Treatment | undefined {
  if (!note) return undefined;
  const [word = '', ...rest] = note.split(' ');
  const value = rest.join(' ');
  const made = NOTES[word]?.(value, block);
  if (!made) throw new Error(`${block.page}:${String(block.line)}: no annotation is called '${word}'`);
  return made;
}

const NOTES: Record<string, (value: string, block: Omit<Block, 'note'>) => Treatment> = {
  until: (until) => ({ as: 'command', until, exits: 0 }),
  exits: (code) => ({ as: 'command', exits: Number(code) }),
  output: () => ({ as: 'output' }),
  file: (name) => ({ as: 'file', name }),
  part: (of) => ({ as: 'part', of }),
  elsewhere: (test) => ({ as: 'elsewhere', test }),
  schema: (schema) => ({ as: 'document', schema }),
  checked: (_, block) => CHECKED[block.kind]?.(block) ?? { as: 'configuration', isServed: false },
  exception: (_, block) => ({ as: 'exception', reason: reasonFor(block) }),
};

/** In a guide a command that is only parsed is an exception as well. */
const CHECKED: Record<string, ((block: Omit<Block, 'note'>) => Treatment) | undefined> = {
  sh: (block) => ({ as: 'parsed', reason: GUIDES.includes(block.page) ? reasonFor(block) : undefined }),
  ts: () => ({ as: 'code' }),
  js: () => ({ as: 'code' }),
};

function reasonFor({ page, line, text }: Omit<Block, 'note'>): string {
  const [, reason] = EXCEPTIONS.find(([of, start]) => of === page && text.startsWith(start)) ?? [];
  if (!reason) throw new Error(`${page}:${String(line)}: an exception needs its line in test/docs/exceptions.ts`);
  return reason;
}

function readElsewhere({ page, kind }: Block): Treatment | undefined {
  const test = READ_BY[page]?.[kind];
  return test ? { as: 'elsewhere', test } : undefined;
}

function fromKind(block: Block): Treatment | undefined {
  const { page, kind } = block;
  if (kind === 'sh') return GUIDES.includes(page) ? { as: 'command', exits: 0 } : { as: 'parsed' };
  if (kind === 'http') return { as: 'message' };
  if (kind === 'mermaid') return { as: 'drawing' };
  if (['yaml', 'json', 'toml'].includes(kind) && isConfiguration(block))
    return { as: 'configuration', isServed: GUIDES.includes(page) };
  return undefined;
}

/** Whether all its members at the top are groups or keys of the configuration. */
function isConfiguration({ kind, text }: Block): boolean {
  if (kind === 'toml') return true;
  const value = parse(text) as unknown;
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return names.length > 0 && names.every((name) => schemaTree().properties.has(name));
}

function unknown({ page, line, kind }: Block): never {
  throw new Error(
    `${page}:${String(line)}: nothing says how a block of kind '${kind}' is checked; test/docs/README.md has the annotations`,
  );
}

/** The faults of a block that another test is said to execute. */
export function elsewhereFaults({ page, text }: Block, test: string): string[] {
  const source = readFileSync(join(root, test), 'utf8');
  const programs = [...text.matchAll(/\b(?:examples|scripts)\/[\w./-]+\.mjs|npm (?:run )?\w+/g)].map(([name]) => name);
  const named = [page, ...programs].some((name) => source.includes(name.replace(/^npm (?:run )?/, '')));
  return named ? [] : [`${test} names neither ${page} nor a program of the block`];
}
