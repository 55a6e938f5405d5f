import type { JWK } from 'jose';
import { publicPart } from '../../keys/jwk.js';
import { CommandFailed } from '../command-failed.js';
import type { Listing } from '../output/format.js';

/** A key with the name of its key set. */
export type ListedKey = JWK & { set: string };

const COLUMNS = ['SET ID', 'KEY ID', 'ALGORITHM', 'USE'];

/** Reads the keys of a response. @param publicOnly leaves out private parts and all symmetric keys */
export function keysIn(body: unknown, set: string, publicOnly = false): ListedKey[] {
  const { keys } = (body ?? {}) as { keys?: JWK[] };
  if (!Array.isArray(keys)) throw new CommandFailed('The answer holds no keys: is this the address of the admin API?');
  return keys.flatMap((key) => {
    const shown = publicOnly ? publicPart(key) : key;
    return shown ? [{ ...shown, set }] : [];
  });
}

/** @param set is printed beside the keys; undefined where they belong to several sets */
export function keyRows(keys: readonly ListedKey[], set?: string): Listing {
  return {
    columns: COLUMNS,
    rows: keys.map(cells),
    value: { ...(set !== undefined && { set }), keys },
    ids: keys.map(({ kid = '' }) => kid),
  };
}

export function keyRow(key: ListedKey): Listing {
  return { columns: COLUMNS, rows: [cells(key)], value: key, single: true };
}

function cells({ set, kid = '', alg = '', use = '' }: ListedKey): string[] {
  return [set, kid, alg, use];
}
