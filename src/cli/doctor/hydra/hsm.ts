import { ID_TOKEN_KEY_SET } from '../../../protocol/constants.js';
import { type Finding, ok, warn } from '../finding.js';
import type { Reading } from './reading.js';

/** Keys in a hardware security module are not in the database, which then has tokens but no key that signed them. */
export async function checkHsm({ source }: Reading): Promise<Finding[]> {
  const [row] = await source.rows<{ keys: string; logins: string }>(
    `select exists (select from hydra_jwk where nid = $1 and sid = $2) as keys,
  exists (select from hydra_oauth2_flow where nid = $1) as logins`,
    [source.network, ID_TOKEN_KEY_SET],
  );
  if (row?.keys === 't') return [ok('hsm', 'the signing keys are in the database')];
  if (row?.logins !== 't') return [ok('hsm', 'nobody has logged in yet, so no key is missed')];
  const change =
    'Tell clients that keys change: the server makes new ones, and ID tokens of Hydra are no hints any more';
  return [warn('hsm', `the database has no key in ${ID_TOKEN_KEY_SET}: keys in an HSM cannot be taken`, change)];
}
