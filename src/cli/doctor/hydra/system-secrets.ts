import { proofsOf } from '../../import-hydra/proof.js';
import { STAGES } from '../../import-hydra/stages.js';
import { fail, type Finding, ok, warn } from '../finding.js';
import type { Reading } from './reading.js';

const CHECK = 'secrets.system';

/** Opens every sealed row, as the import does before it writes. */
export async function checkSystemSecrets({ source, envelopes, configuration }: Reading): Promise<Finding[]> {
  const secrets = configuration.secrets.system;
  const proofs = await proofsOf(source, { stages: STAGES, envelopes, secrets, threads: 0, progress: () => undefined });
  const closed = proofs.filter(({ unreadable }) => unreadable > 0);
  if (closed.length > 0) {
    const change = 'Put every secret that this Hydra has used into it, the newest first';
    return closed.map(({ table, rows, unreadable }) =>
      fail(CHECK, `${unreadable} of ${rows} rows in ${table} cannot be decrypted`, change),
    );
  }
  const counts = secrets.map((_, place) => proofs.reduce((sum, { opened }) => sum + (opened[place] ?? 0), 0));
  return [
    ok(CHECK, `it opens every sealed row; rows by secret, in their order: ${counts.join(', ')}`),
    ...idle(counts),
  ];
}

/** The MAC of a token shows only with the token: a secret can be needed by tokens whose session is not sealed. */
function idle(counts: readonly number[]): Finding[] {
  const places = counts.flatMap((count, place) => (count === 0 ? [place + 1] : []));
  const change = 'Keep it if Hydra had it while encrypt_at_rest was off, or for registration tokens; else leave it out';
  return places.map((place) => warn(CHECK, `no row needs secret ${place} of ${counts.length}`, change));
}
