/** `ostiary doctor --fapi CLIENT`: what a registered client lacks for its security profile. */
import { type ClientMetadata, EMPTY_METADATA } from '../../../clients/client-metadata.js';
import { lacksOf } from '../../../clients/security-profile/fapi-requirements.js';
import { profileOf } from '../../../clients/security-profile/security-profile.js';
import type { Configuration } from '../../../config/configuration.js';
import { connectToListen } from '../../../database/data-source.js';
import { ID_TOKEN_KEY_SET } from '../../../protocol/constants.js';
import { because, fail, type Finding, ok, warn } from '../finding.js';

const CHECK = 'fapi';

interface Stored {
  metadata: Partial<ClientMetadata>;
  algorithms: string[];
}

/** @param isEmbedded there is no database that could be read while no server runs */
export async function checkFapi(
  configuration: Configuration,
  clientId: string,
  isEmbedded: boolean,
): Promise<Finding[]> {
  if (isEmbedded) return [fail(CHECK, 'no dsn: the client cannot be read', 'Set dsn to the database of the client')];
  try {
    const stored = await read(configuration, clientId);
    if (!stored) return [fail(CHECK, `there is no client ${clientId}`, 'Name a registered client')];
    return judge(configuration, clientId, stored);
  } catch (error) {
    return [fail(CHECK, `the client cannot be read: ${because(error)}`, 'See the findings about the database')];
  }
}

async function read({ dsn = '' }: Configuration, clientId: string): Promise<Stored | undefined> {
  const connection = await connectToListen(dsn);
  try {
    const { rows } = await connection.query<Stored>(CLIENT_AND_KEYS, [clientId, ID_TOKEN_KEY_SET]);
    return rows[0];
  } finally {
    await connection.end().catch(() => undefined);
  }
}

const CLIENT_AND_KEYS = `
select c.metadata, array(select distinct k.alg from json_web_key k where k.set_id = $2 and k.state = 'active') as algorithms
from client c where c.client_id = $1`;

/** A client without a profile is judged as if it had one: so it can be prepared. */
function judge(configuration: Configuration, clientId: string, { metadata: own, algorithms }: Stored): Finding[] {
  const metadata: ClientMetadata = { ...EMPTY_METADATA, ...own };
  const profile = profileOf({ metadata }, configuration);
  const judged = { ...metadata, security_profile: profile ?? 'fapi-2.0' };
  const lacks = lacksOf({ metadata: judged, configuration, signingAlgorithms: algorithms });
  const faults = lacks.map(({ member, problem }) =>
    fail(CHECK, `${clientId}: '${member}' ${problem}`, 'Change the client, or the configuration that is named'),
  );
  if (profile === undefined) {
    const finding = `${clientId} has no security profile: it is judged as if it had fapi-2.0`;
    return [warn(CHECK, finding, 'Set security_profile of the client when it lacks nothing'), ...faults];
  }
  return faults.length > 0 ? faults : [ok(CHECK, `${clientId} conforms to ${profile}`)];
}
