import { pairwiseIdentifier } from '../../../consent/subjects/pairwise-identifier.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { jsonList } from '../../import-hydra/formats/lists.js';
import { fail, type Finding, ok, warn } from '../finding.js';
import { type Reading, SAMPLE_ROWS, sessionIn } from './reading.js';

const CHECK = 'oidc.subject_identifiers.pairwise.salt';
const ROWS_OF_A_CLIENT = 20;
/** Identifiers that a login app forced were computed by nobody, and are told by their form where a newer one replaced them. */
const COMPUTED = /^[0-9a-f]{64}$/;

interface Row {
  client_id: string;
  sector: string;
  redirect_uris: string | null;
  subject: string;
  session_data: string;
}

const SAMPLE = `select c.id as client_id, c.sector_identifier_uri as sector, c.redirect_uris::text as redirect_uris,
  t.subject, t.session_data
from hydra_client c cross join lateral (
  select subject, session_data from hydra_oauth2_access where nid = c.nid and client_id = c.id limit ${ROWS_OF_A_CLIENT}
) t
where c.nid = $1 and c.subject_type = 'pairwise' and not exists (
  select from hydra_oauth2_obfuscated_authentication_session o
  where o.nid = c.nid and o.client_id = c.id and o.subject = t.subject
)
limit ${SAMPLE_ROWS}`;

/** Computes the identifiers of people at pairwise clients again: another salt makes them strangers there. */
export async function checkPairwiseSalt({ source, envelopes, configuration }: Reading): Promise<Finding> {
  const { salt } = configuration.oidc.subject_identifiers.pairwise;
  const rows = await source.rows<Row>(SAMPLE, [source.network]);
  const stored = rows.flatMap((row) => {
    const identifier = sessionIn({ envelopes }, row.session_data)?.session.subjectIdentifier ?? '';
    return COMPUTED.test(identifier) ? [{ row, identifier }] : [];
  });
  if (stored.length === 0) return ok(CHECK, 'no stored identifier tells whether it is the one that Hydra had');
  const same = stored.filter(({ row, identifier }) => identifier === computed(row, salt)).length;
  if (same === stored.length) return ok(CHECK, `${same} stored identifiers are computed again with it`);
  if (same > 0) {
    const change = 'Make sure that the redirect URIs or the sector of these clients were changed on purpose';
    return warn(CHECK, `${stored.length - same} of ${stored.length} stored identifiers come out differently`, change);
  }
  const finding = salt === '' ? 'it is not set' : `${stored.length} stored identifiers come out differently with it`;
  return fail(CHECK, finding, 'Set it to what Hydra had: people would be strangers to pairwise clients');
}

function computed({ client_id, sector, redirect_uris, subject }: Row, salt: string): string | undefined {
  const metadata = {
    redirect_uris: jsonList(redirect_uris),
    ...(sector === '' ? {} : { sector_identifier_uri: sector }),
  };
  try {
    return pairwiseIdentifier({ clientId: client_id, metadata }, subject, salt);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return undefined; // several hosts and no sector
  }
}
