import { type Finding, ok, warn } from '../finding.js';
import { type Reading, SAMPLE_ROWS, sessionIn } from './reading.js';

const CHECK = 'strategies.access_token';
const NEWEST = `select t.session_data from hydra_oauth2_access t join hydra_client c on c.nid = t.nid and c.id = t.client_id
where t.nid = $1 and c.access_token_strategy = '' order by t.requested_at desc limit ${SAMPLE_ROWS}`;

/** The form of the newest access tokens of clients without a strategy of their own. */
export async function checkStrategy({ source, envelopes, configuration }: Reading): Promise<Finding> {
  const { access_token: strategy } = configuration.strategies;
  const rows = await source.rows<{ session_data: string }>(NEWEST, [source.network]);
  const forms = rows.flatMap(({ session_data }) => {
    const session = sessionIn({ envelopes }, session_data);
    return session ? [session.signedWith === undefined ? 'opaque' : 'jwt'] : [];
  });
  const [newest] = forms;
  if (newest === undefined) return ok(CHECK, 'no access token tells which one Hydra had');
  if (newest === strategy) return ok(CHECK, `${strategy}, as the newest access tokens are`);
  const others = forms.filter((form) => form !== strategy).length;
  const finding = `it is ${strategy}, but ${others} of the newest ${forms.length} access tokens are ${newest}`;
  return warn(CHECK, finding, `Set it to ${newest}, or tell the resource servers what will come`);
}
