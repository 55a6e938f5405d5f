/** The rules between keys, one function each. They see validated values; a key that is faulty by itself looks absent. */
import { isPostgresDsn } from './dsn.js';
import type { Path } from './schema-node.js';
import type { Settings } from './settings.js';
import { LISTENERS, missingMaterial, speaksTls } from './listener-tls.js';

export interface RuleFault {
  path: Path;
  problem: string;
}

type Rule = (settings: Settings) => RuleFault[];

const PAIRWISE_SALT_LENGTH = 8;

const usableDsn: Rule = ({ dsn, database: { direct_dsn } }) => [
  ...(dsn === undefined || dsn === 'memory' ? [] : dsnFault(['dsn'], dsn, ', or memory')),
  ...(direct_dsn === undefined ? [] : dsnFault(['database', 'direct_dsn'], direct_dsn, '')),
];

function dsnFault(path: Path, dsn: string, alternative: string): RuleFault[] {
  if (isPostgresDsn(dsn)) return [];
  const other = /^(mysql|cockroach|sqlite3?|mariadb|mssql|sqlserver)\b/.exec(dsn)?.[0];
  const remark = other === undefined ? '' : `; ${other} is not supported`;
  return [{ path, problem: `expected postgres://user:password@host:5432/database${alternative}${remark}` }];
}

const systemSecret: Rule = ({ dsn, secrets }) => {
  if (isEmbedded(dsn) || (secrets.system ?? []).length > 0) return [];
  return [{ path: ['secrets', 'system'], problem: 'expected a list with at least one text of 16 characters or more' }];
};

const secureIssuer: Rule = ({ dev, urls: { self } }) => {
  if (dev || self.issuer?.startsWith('https://')) return [];
  const problem = 'expected an address that begins with https:// (http is for development: dev, or serve --dev)';
  return [{ path: ['urls', 'self', 'issuer'], problem }];
};

const pairwiseSalt: Rule = ({ oidc: { subject_identifiers: subjects } }) => {
  if (!subjects.supported_types.includes('pairwise')) return [];
  if ((subjects.pairwise?.salt ?? '').length >= PAIRWISE_SALT_LENGTH) return [];
  const problem = `expected a text of ${PAIRWISE_SALT_LENGTH} characters or more, for pairwise is among the supported types`;
  return [{ path: ['oidc', 'subject_identifiers', 'pairwise', 'salt'], problem }];
};

const userCodeOneWay: Rule = ({ oauth2 }) => {
  const { entropy_preset, length, character_set } = oauth2.device_authorization.user_code;
  if (entropy_preset === undefined || (length === undefined && character_set === undefined)) return [];
  const problem = 'expected either this or length and character_set, not both';
  return [{ path: ['oauth2', 'device_authorization', 'user_code', 'entropy_preset'], problem }];
};

const oneRedis: Rule = ({ redis }) => {
  const given = [redis.url && 'url', redis.sentinel && 'sentinel', redis.cluster.length > 0 && 'cluster'].filter(
    Boolean,
  );
  return given.length < 2 ? [] : [{ path: ['redis'], problem: `expected one of ${given.join(' and ')}, not both` }];
};

const noHsm: Rule = ({ hsm }) =>
  hsm.enabled
    ? [{ path: ['hsm', 'enabled'], problem: 'expected false: hardware security modules are not supported' }]
    : [];

/** There is no certificate of our own making: nobody would trust it. */
const tlsMaterial: Rule = ({ serve }) => {
  const needed = LISTENERS.filter((name) => speaksTls(serve, name)).flatMap((name) => missingMaterial(serve, name));
  return [...new Set(needed)].map((key) => ({
    path: key.split('.'),
    problem: 'expected path or base64 of a PEM text, for TLS is enabled',
  }));
};

export const rules: readonly Rule[] = [
  usableDsn,
  systemSecret,
  secureIssuer,
  pairwiseSalt,
  userCodeOneWay,
  oneRedis,
  noHsm,
  tlsMaterial,
];

/** No dsn, or the word `memory`. */
export function isEmbedded(dsn: unknown): boolean {
  return dsn === undefined || dsn === 'memory';
}
