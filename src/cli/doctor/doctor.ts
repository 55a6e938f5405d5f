/** Runs every check of `doctor`, in the order of their dependencies. An invalid configuration ends the run at once. */
import type { Configuration } from '../../config/configuration.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import { faultLine } from '../../config/fault.js';
import { ignoredKeys } from '../../config/ignored-keys.js';
import {
  type ConfigurationDraft,
  type ConfigurationSources,
  readConfiguration,
} from '../../config/load-configuration.js';
import { checkCookies } from './checks/cookies.js';
import { checkDatabase } from './checks/database.js';
import { checkIssuer } from './checks/issuer.js';
import { checkMutualTls } from './checks/mutual-tls.js';
import { checkRedis } from './checks/redis.js';
import { checkRefreshTokens } from './checks/refresh-tokens.js';
import { checkSecrets } from './checks/secrets.js';
import { checkTls } from './checks/tls.js';
import { type Finding, fail, ok, warn } from './finding.js';
import type { HydraQuestion } from './hydra/check-hydra.js';

/** Stands in for the generated secret of the embedded database, which is not checked. */
const STAND_IN = 'a stand-in for the generated one';

/** What is asked beside the usual checks. */
export interface Questions {
  /** The database of a Hydra whose configuration this one is to continue. */
  hydra?: HydraQuestion;
  /** The id of a client that is judged by FAPI 2.0. */
  fapi?: string;
}

export async function examine(sources: ConfigurationSources, { hydra, fapi }: Questions = {}): Promise<Finding[]> {
  const read = readOrFaults(sources);
  if (Array.isArray(read)) return read;
  const configuration = read.complete(read.needsSecret ? STAND_IN : undefined);
  return [
    ...checkConfiguration(configuration, sources),
    ...checkSecrets(configuration, read.needsSecret),
    ...(await databaseFindings(configuration, read)),
    ...(await checkRedis(configuration.redis)),
    ...(await checkIssuer(configuration)),
    ...checkRefreshTokens(configuration),
    ...checkCookies(configuration),
    ...checkTls(configuration),
    ...(await checkMutualTls(configuration)),
    ...(hydra === undefined ? [] : await hydraFindings(configuration, hydra, read)),
    ...(fapi === undefined ? [] : await fapiFindings(configuration, fapi, read)),
  ];
}

async function hydraFindings(
  configuration: Configuration,
  question: HydraQuestion,
  { needsSecret }: ConfigurationDraft,
): Promise<Finding[]> {
  if (needsSecret)
    return [fail('secrets.system', 'it is not set, and nothing of Hydra opens', 'Set it to the list that Hydra had')];
  const { checkHydra } = await import('./hydra/check-hydra.js');
  return checkHydra(configuration, question);
}

async function fapiFindings(
  configuration: Configuration,
  clientId: string,
  { embedded }: ConfigurationDraft,
): Promise<Finding[]> {
  const { checkFapi } = await import('./checks/fapi.js');
  return checkFapi(configuration, clientId, embedded !== undefined);
}

function readOrFaults(sources: ConfigurationSources): ConfigurationDraft | Finding[] {
  try {
    return readConfiguration(sources);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults.map((fault) => fail('configuration', faultLine(fault), 'The server does not start with this'));
  }
}

function checkConfiguration(configuration: Configuration, { files }: ConfigurationSources): Finding[] {
  const from = files.length > 0 ? `${files.join(', ')} and the environment` : 'the environment';
  const ignored = ignoredKeys(configuration).map(({ key, reason }) =>
    warn('configuration', `${key} has no effect: ${reason}`, 'Remove it, or correct its name'),
  );
  return [ok('configuration', `${from} can be used`), ...ignored, ...checkPages(configuration)];
}

/** Without these pages, people see a built-in page that tells the operator which key to set. */
function checkPages({ urls }: Configuration): Finding[] {
  const missing = (['login', 'consent', 'logout', 'error'] as const).filter((name) =>
    urls[name].includes('/oauth2/fallbacks/'),
  );
  const names = missing.map((name) => `urls.${name}`).join(', ');
  if (missing.length === 0) return [ok('pages', 'the login and consent app is configured')];
  return [
    warn('pages', `${names}: not set, people see a built-in page`, 'Set the address of your login and consent app'),
  ];
}

async function databaseFindings(configuration: Configuration, { embedded }: ConfigurationDraft): Promise<Finding[]> {
  if (!embedded) return checkDatabase(configuration);
  const place = embedded.temporary ? 'a temporary folder' : embedded.dataDir;
  return [
    warn(
      'database',
      `no dsn: the server brings a PostgreSQL of its own, in ${place}`,
      'Set dsn for anything but a trial',
    ),
  ];
}
