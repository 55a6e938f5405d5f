/** `hydra_oauth2_jti_blacklist`: assertions that were used, and must not be used again. */
import { bucketsToMark } from '../../../database/use-marks.js';
import { columnMoment, dateOf, momentOf } from '../formats/moments.js';
import { type Outcome, REASONS, type TableImport, type Taking, type Value } from '../table-import.js';

type Row = Record<'signature' | 'expires_at', Value>;

export const NO_DIGEST = 'it is no SHA-256';

export const USED_ASSERTIONS: TableImport<Row> = {
  name: 'hydra_oauth2_jti_blacklist',
  columns: { signature: {}, expires_at: {} },
  key: `'.' || it.signature`,
  convert: convertMark,
};

/** The digest is of the `jti` alone. The server asks for it beside its own, which is also of purpose and client. */
function convertMark({ signature, expires_at }: Row, { now }: Taking): Outcome {
  const expiry = columnMoment(expires_at);
  if (expiry === undefined || expiry <= momentOf(now)) return { leftOut: REASONS.expired };
  if (!/^[0-9a-f]{64}$/.test(signature ?? '')) return { leftOut: NO_DIGEST };
  const digest = Buffer.from(signature ?? '', 'hex');
  const expiresAt = dateOf(expiry);
  return {
    rows: bucketsToMark(expiresAt, now).map((bucket) => ({ table: 'use_mark', values: { bucket, digest } })),
    liveUntil: expiresAt,
  };
}
