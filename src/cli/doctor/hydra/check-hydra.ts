/**
 * What `doctor --from-hydra` adds: whether this configuration is the one that Hydra had, as far as Hydra's database tells.
 * The checks have the names of the keys. Nothing is written, and no secret, token or cookie becomes part of a text.
 */
import type { Configuration } from '../../../config/configuration.js';
import { DatabaseUnreachable } from '../../../database/database-unreachable.js';
import { CommandFailed } from '../../command-failed.js';
import { Envelopes } from '../../import-hydra/formats/envelope.js';
import { chosenNetwork, networkWarnings } from '../../import-hydra/source/networks.js';
import { OpenSource } from '../../import-hydra/source/open-source.js';
import { sessionWarnings } from '../../import-hydra/source/other-sessions.js';
import { requireHydra, schemaVersion } from '../../import-hydra/source/schema.js';
import { sourceAddress } from '../../import-hydra/source/source-address.js';
import { STAGES } from '../../import-hydra/stages.js';
import { because, fail, type Finding, ok, warn } from '../finding.js';
import { checkBroadcastKeys } from './broadcast-keys.js';
import { checkCookie } from './cookie.js';
import { checkFlowsUnderWay } from './flows-under-way.js';
import { checkHsm } from './hsm.js';
import { checkHydraIssuer } from './issuer.js';
import { checkPairwiseSalt } from './pairwise-salt.js';
import { checkSystemSecrets } from './system-secrets.js';
import { checkStrategy } from './strategy.js';

const SOURCE = 'hydra database';
const CHANGE = "Name Hydra's database: --from-hydra, or the variable HYDRA_DSN";

export interface HydraQuestion {
  dsn: string;
  /** The session cookie of a browser that is logged in. */
  cookie: string | undefined;
}

export async function checkHydra(configuration: Configuration, { dsn, cookie }: HydraQuestion): Promise<Finding[]> {
  let source: OpenSource;
  try {
    source = await OpenSource.open(sourceAddress(dsn));
  } catch (error) {
    if (!(error instanceof CommandFailed) && !(error instanceof DatabaseUnreachable)) throw error;
    return [fail(SOURCE, sentence(error.message), CHANGE)];
  }
  try {
    return [...(await chosen(source)), ...(await examined(source, configuration, cookie))];
  } catch (error) {
    if (error instanceof CommandFailed) return [fail(SOURCE, sentence(error.message), CHANGE)];
    const finding = `${source.place} fails: ${sentence(because(error))}`;
    return [fail(SOURCE, finding, 'Let this role read every table of Hydra, and look at the log of PostgreSQL')];
  } finally {
    await source.close();
  }
}

/** @throws CommandFailed where it is no Hydra, or one that cannot be read */
async function chosen(source: OpenSource): Promise<Finding[]> {
  requireHydra(
    source,
    STAGES.flatMap(({ tables }) => tables),
  );
  const networks = await chosenNetwork(source, undefined);
  source.network = networks.chosen;
  const { version, warnings } = await schemaVersion(source);
  const told = (texts: readonly string[], change: string): Finding[] =>
    texts.map((text) => warn(SOURCE, sentence(text), change));
  return [
    ok(SOURCE, `${source.place}, schema ${version}, network ${networks.chosen}`),
    ...told(warnings, 'Look for a newer version of this program'),
    ...told(networkWarnings(networks), 'Make sure that this is the network to take'),
    ...told(await sessionWarnings(source), 'Stop Hydra before the import'),
  ];
}

async function examined(
  source: OpenSource,
  configuration: Configuration,
  cookie: string | undefined,
): Promise<Finding[]> {
  const envelopes = new Envelopes(configuration.secrets.system);
  const read = { source, envelopes, configuration };
  return [
    ...(await checkSystemSecrets(read)),
    await checkHydraIssuer(read),
    await checkPairwiseSalt(read),
    await checkStrategy(read),
    ...(cookie === undefined ? [] : await checkCookie(read, cookie)),
    ...(await checkBroadcastKeys(read)),
    ...(await checkHsm(read)),
    await checkFlowsUnderWay(read),
  ];
}

const sentence = (text: string): string => text.replace(/\.$/, '');
