import { fail, type Finding, ok, warn } from '../finding.js';
import { type Reading, SAMPLE_ROWS, sessionIn } from './reading.js';

const CHECK = 'urls.self.issuer';
/** The newest rows decide: a Hydra may have had another issuer long ago. */
const NEWEST = ['hydra_oauth2_access', 'hydra_oauth2_refresh'].map(
  (table) =>
    `(select session_data, requested_at from ${table} where nid = $1 order by requested_at desc limit ${SAMPLE_ROWS})`,
);

/** Every session holds the issuer of its time, which clients compare with `iss`. */
export async function checkHydraIssuer({ source, envelopes, configuration }: Reading): Promise<Finding> {
  const { issuer } = configuration.urls.self;
  const rows = await source.rows<{ session_data: string }>(`${NEWEST.join(' union all ')} order by requested_at desc`, [
    source.network,
  ]);
  const named = rows.flatMap(({ session_data }) => sessionIn({ envelopes }, session_data)?.issuer ?? []);
  const [newest] = named;
  if (newest === undefined) return ok(CHECK, 'no session names an issuer');
  if (newest !== issuer) {
    const finding = `Hydra was ${JSON.stringify(newest).slice(0, 200)}, and this is ${issuer}`;
    return fail(CHECK, finding, 'Set it to what Hydra had, to the character');
  }
  const others = named.filter((one) => one !== issuer).length;
  if (others === 0) return ok(CHECK, `the newest ${named.length} sessions name it`);
  const change = 'Tokens of before keep that issuer, as in Hydra: make sure that the change was meant';
  return warn(CHECK, `${others} of the newest ${named.length} sessions name another issuer`, change);
}
