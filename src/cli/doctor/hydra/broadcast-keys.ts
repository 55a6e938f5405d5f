import { ACCESS_TOKEN_KEY_SET, ID_TOKEN_KEY_SET } from '../../../protocol/constants.js';
import { type Finding, ok, warn } from '../finding.js';
import type { Reading } from './reading.js';

const CHECK = 'webfinger.jwks.broadcast_keys';
/** Sets of trusted issuers hold the keys of others, and the TLS key is of Hydra alone. */
const SETS = `select distinct k.sid from hydra_jwk k
where k.nid = $1 and k.sid <> 'hydra.https-tls' and not exists (
  select from hydra_oauth2_trusted_jwt_bearer_issuer i where i.nid = k.nid and i.key_set = k.sid
)
order by k.sid`;

/** The database does not tell which sets Hydra published: whoever knows has to look. */
export async function checkBroadcastKeys({ source, configuration }: Reading): Promise<Finding[]> {
  const listed = new Set([...configuration.webfinger.jwks.broadcast_keys, ID_TOKEN_KEY_SET, ACCESS_TOKEN_KEY_SET]);
  const rows = await source.rows<{ sid: string }>(SETS, [source.network]);
  const silent = rows.map(({ sid }) => sid).filter((sid) => !listed.has(sid));
  if (silent.length === 0) return [ok(CHECK, 'every key set of Hydra is published')];
  const change = 'Add them if Hydra published them, which its list of the same name tells';
  return [warn(CHECK, `not published: ${silent.map((sid) => JSON.stringify(sid)).join(', ')}`.slice(0, 500), change)];
}
