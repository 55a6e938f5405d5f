/** Hydra's output formats: a table for people, and JSON in several forms for programs. */
import { stringifyJson } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import type { FormatOptions } from './format-options.js';
import { aligned } from './table.js';

export interface Listing {
  columns: string[];
  /** Cells as texts, in the order of the columns. */
  rows: string[][];
  /** The same rows as JSON. Whole numbers beyond 2^53 are BigInt. */
  value: unknown;
  /** What identifies each row, for `--quiet`. Default: the first column. */
  ids?: string[];
  /** Whether this is one thing rather than a list: its table has one line for each column. */
  single?: boolean;
  /** Lines below the table of a list, such as the token of the next page. */
  footer?: [label: string, text: string][];
}

/** Ends with a newline. An unknown format prints a table. @throws CommandFailed where a path or pointer finds nothing */
export async function render(listing: Listing, { format = 'table', quiet = false }: FormatOptions): Promise<string> {
  if (quiet) return `${(listing.ids ?? listing.rows.map(([first = '']) => first)).join('\n')}\n`;
  const [name = '', ...rest] = format.split('=');
  const where = rest.join('=');
  switch (name) {
    case 'json':
      return `${stringifyJson(listing.value)}\n`;
    case 'json-pretty':
      return pretty(listing.value);
    case 'yaml':
      return (await import('yaml')).stringify(listing.value);
    case 'jsonpath':
      if (where === '') throw new CommandFailed('Write a path after jsonpath=, for example jsonpath=0.version.');
      return pretty((await import('./select-by-path.js')).selectByPath(listing.value, where));
    case 'jsonpointer':
      return pretty((await import('./select-by-pointer.js')).selectByPointer(listing.value, where));
    default:
      return asTable(listing);
  }
}

function asTable({ columns, rows, single, footer = [] }: Listing): string {
  if (single === true) return aligned(columns.map((column, index) => [column, rows[0]?.[index] ?? '']));
  return aligned([columns, ...rows]) + (footer.length > 0 ? `\n${aligned(footer)}` : '');
}

const pretty = (value: unknown): string => `${stringifyJson(value ?? null, 2)}\n`;
