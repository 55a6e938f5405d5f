/** What conversions of `import hydra` need in a test: a moment, secrets, and the clients that are taken. */
import { randomBytes } from 'node:crypto';
import { Envelopes } from '../../src/cli/import-hydra/formats/envelope.js';
import type { Outcome, TableImport, Taking, Value } from '../../src/cli/import-hydra/table-import.js';
import type { Configuration } from '../../src/config/configuration.js';
import { hydraSealed } from './hydra-crypto.js';

export const HYDRA_SECRET = 'the system secret of Hydra';
export const IMPORTED_AT = new Date('2030-06-01T12:00:00Z');

/** @param clients the ids of clients that were taken; their keys are their ids */
export function takingOf(clients: readonly string[] = []): Taking {
  const secrets = { system: [HYDRA_SECRET] };
  const taking = {
    now: IMPORTED_AT,
    configuration: { secrets } as Configuration,
    envelopes: new Envelopes(secrets.system),
    clientKeys: new Map(clients.map((clientId) => [clientId, clientId])),
    threads: 0,
    clientKey: (clientId: string) => (clients.includes(clientId) ? clientId : undefined),
    addClient: () => '1',
    batchRows: 100,
    leavesUnreadable: false,
  };
  return taking;
}

/** What becomes of a row: of the base with other members. */
export function conversionOf<Row extends Record<string, Value>>(
  table: TableImport<Row>,
  base: Row,
  taking: Taking = takingOf(),
): (over?: Partial<Row>) => Outcome {
  return (over = {}) => table.convert({ ...base, ...over }, taking);
}

/** The values of the rows that an outcome writes. */
export function written(outcome: Outcome): Record<string, unknown>[] {
  return 'rows' in outcome ? outcome.rows.map(({ values }) => values) : [];
}

export function adapted(outcome: Outcome): readonly string[] {
  return ('rows' in outcome && outcome.adapted) || [];
}

/** A text as Hydra seals it. */
export function sealedByHydra(secret: string, plain: string): string {
  return hydraSealed(plain, secret, randomBytes(12));
}

/** A moment as conversions write it: microseconds since 1970. */
export function microseconds(rfc3339: string): bigint {
  return BigInt(Date.parse(rfc3339)) * 1000n;
}
