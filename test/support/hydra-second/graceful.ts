/** Families of the second database that were refreshed under graceful rotation: 2400 hours, 3 uses. */
import { addClient, addGrant, addPair, at, type Grant, moreOf } from './grants.js';
import type { DumpRow } from '../dump-text.js';
import type { Held, SecondHydra } from './state.js';

const HOUR_MS = 3_600_000;

export function addGracefulFamilies(second: SecondHydra, held: Held): void {
  const used = usedAt(second);
  const pair = (grant: Grant, row?: DumpRow) => addPair(second, held, grant, row);
  const graceful = addClient(second, held, { id: 'graceful' });
  const branches = addGrant(second, graceful, 'gina');
  const tree = [pair(branches, used(2, 2)), pair(branches, used(1, 1)), pair(branches), pair(branches)];
  const narrow = addGrant(second, graceful, 'gus');
  const line = [pair(narrow, used(3, 1)), pair(narrow, used(2, 1)), pair(narrow)];
  moreOf(held).grace = [tree, line].map((pairs) => ({
    client_id: graceful,
    tokens: pairs.map((one, i) => ({ name: `${i + 1} of ${pairs.length}`, ...one })),
  }));

  // other clients: a use of these tokens ends the family
  const late = addGrant(second, addClient(second, held, { id: 'used too long ago' }), 'lars');
  pair(late, used(2_500, 1));
  pair(late);
  const often = addGrant(second, addClient(second, held, { id: 'used too often' }), 'olaf');
  pair(often, used(4, 3));
  pair(often);
  const strict = addGrant(second, addClient(second, held, { id: 'used before rotation was graceful' }), 'stan');
  pair(strict, { active: 'f', expires_at: '2026-11-29 07:10:00' });
  pair(strict);
}

/** Columns of a refresh token that was used; its end in the column is then only about its row. */
function usedAt({ now }: SecondHydra): (hours: number, times: number) => DumpRow {
  return (hours, times) => {
    const first = now.getTime() - hours * HOUR_MS;
    return {
      active: 'f',
      first_used_at: at(first),
      used_times: String(times),
      expires_at: at(first + HOUR_MS / 2),
    };
  };
}
