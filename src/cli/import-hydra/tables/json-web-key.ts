/** `hydra_jwk`: the keys of every set, sealed anew. */
import type { JWK } from 'jose';
import { seal } from '../../../crypto/aead.js';
import { placeOf } from '../../../database/sealed-column.js';
import { isStorableText } from '../../../database/storable-text.js';
import { SEALED_KEYS } from '../../../keys/key-records.js';
import { isKeyName } from '../../../keys/key-name.js';
import { isJsonObject, stringifyJson } from '../../../protocol/json.js';
import { isWritable, jsonValue } from '../formats/lists.js';
import { columnMoment, momentOf } from '../formats/moments.js';
import {
  type LeftOut,
  type Opener,
  type Outcome,
  REASONS,
  type TableImport,
  type Taking,
  type Value,
} from '../table-import.js';

type Row = Record<'sid' | 'kid' | 'keydata' | 'created_at', Value>;

/** What says whether a key is taken. */
export type KeyRow = Record<'sid' | 'kid' | 'keydata', Value>;

/** Hydra made it to serve TLS without a certificate. */
const TLS_SET = 'hydra.https-tls';

export const LONG_NAME = 'the name of the key or of its set is too long';
export const NO_KEY = 'it is no JSON Web Key';

/** Other times would sort wrongly as text, and `infinity` has none. */
const WITH_FOUR_DIGITS = `least(greatest(it.created_at, timestamp '0001-01-01'), timestamp '9999-12-31')`;

/**
 * In the order of their creation, in which this server numbers them: the newest key of a set signs. The set comes with its
 * length, so that no two names read alike.
 */
const ORDER = `to_char(${WITH_FOUR_DIGITS}, 'YYYYMMDDHH24MISSUS') || lpad(length(it.sid)::text, 4, '0') || it.sid || it.kid`;

export const JSON_WEB_KEYS: TableImport<Row> = {
  name: 'hydra_jwk',
  columns: { sid: {}, kid: {}, keydata: {}, created_at: {} },
  key: ORDER,
  sealed: ['keydata'],
  convert: convertKey,
};

function convertKey(row: Row, { now, configuration, envelopes }: Taking): Outcome {
  const taken = takenKey(row, envelopes);
  if ('leftOut' in taken) return taken;
  const { setId, kid, jwk } = taken;
  // Hydra writes this time in the zone of its machine: it may lie ahead.
  const createdAt = earlier(columnMoment(row.created_at), momentOf(now));
  const values = {
    ...{ set_id: setId, kid, alg: algorithmOf(jwk), state: 'active', not_before: createdAt, created_at: createdAt },
    sealed_jwk: seal(configuration.secrets.system, placeOf(SEALED_KEYS, setId, kid), stringifyJson(jwk)),
  };
  return { rows: [{ table: 'json_web_key', values }] };
}

/** Any JSON may stand there. */
function algorithmOf({ alg }: { alg?: unknown }): string {
  return typeof alg === 'string' && isStorableText(alg) ? alg : '';
}

interface TakenKey {
  setId: string;
  kid: string;
  jwk: JWK;
}

/** The key, or why it is left out. */
export function takenKey(row: KeyRow, envelopes: Opener): TakenKey | (LeftOut & { warnings?: string[] }) {
  const [setId, kid] = [row.sid ?? '', row.kid ?? ''];
  if (setId === TLS_SET) return { leftOut: REASONS.tlsKey };
  if (!isKeyName(setId) || !isKeyName(kid)) return { leftOut: LONG_NAME };
  const opened = envelopes.open(row.keydata ?? '');
  if (!opened) return { leftOut: REASONS.unreadable, warnings: [unreadable(setId, kid)] };
  const jwk = jsonValue(opened.text);
  if (!isJsonObject(jwk) || !isWritable(jwk, opened.text.length)) return { leftOut: NO_KEY };
  return { setId, kid, jwk: { ...jwk, kid } };
}

function unreadable(setId: string, kid: string): string {
  return `The key ${JSON.stringify(kid)} of the set ${JSON.stringify(setId)} is left out: no secret of secrets.system opens it.`;
}

function earlier(moment: bigint | undefined, other: bigint): bigint {
  return moment !== undefined && moment < other ? moment : other;
}
