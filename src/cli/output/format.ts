/** The output formats of the reference: a table for people, and JSON in several forms for programs. */
import { stringify } from 'yaml';
import { CommandFailed } from '../command-failed.js';
import type { FormatOptions } from './format-options.js';
import { selectByPath, selectByPointer } from './select.js';
import { table } from './table.js';

export interface Listing {
  columns: string[];
  /** As texts, in the order of the columns. The first column identifies a row. */
  rows: string[][];
  /** The same as JSON. */
  value: unknown;
}

/** Ends with a line end. An unknown format is a table. @throws CommandFailed where a path or pointer leads nowhere. */
export function render(listing: Listing, { format = 'table', quiet = false }: FormatOptions): string {
  if (quiet) return `${listing.rows.map(([first]) => first).join('\n')}\n`;
  const [name = '', ...rest] = format.split('=');
  const where = rest.join('=');
  switch (name) {
    case 'json':
      return `${JSON.stringify(listing.value)}\n`;
    case 'json-pretty':
      return pretty(listing.value);
    case 'yaml':
      return stringify(listing.value);
    case 'jsonpath':
      if (where === '') throw new CommandFailed('Write a path after jsonpath=, for example jsonpath=0.version.');
      return pretty(selectByPath(listing.value, where));
    case 'jsonpointer':
      return pretty(selectByPointer(listing.value, where));
    default:
      return table(listing.columns, listing.rows);
  }
}

const pretty = (value: unknown): string => `${JSON.stringify(value ?? null, null, 2)}\n`;
