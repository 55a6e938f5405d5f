/** The rules between keys, one function each. They get validated values; a faulty key is absent from them. */
import { cibaRules } from './ciba-rules.js';
import { detailTypesOf } from './detail-types.js';
import { documentTimes } from './document-rules.js';
import { isPostgresDsn } from './dsn.js';
import type { Path } from './schema-node.js';
import type { Rule, RuleFault } from './rule.js';
import { mutualTlsRules } from './mutual-tls-rules.js';
import { lacksMaterial, LISTENERS, missingMaterial, speaksTls } from './listener-tls.js';
import { userCodeCharacters } from './user-code.js';

const PAIRWISE_SALT_LENGTH = 8;
const USER_CODE_CHARACTERS = 8;

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
  const problem =
    'expected an address that begins with https:// (http is only for development mode: dev, or serve --dev)';
  return [{ path: ['urls', 'self', 'issuer'], problem }];
};

const pairwiseSalt: Rule = ({ oidc: { subject_identifiers: subjects } }) => {
  if (!subjects.supported_types.includes('pairwise')) return [];
  if ((subjects.pairwise?.salt ?? '').length >= PAIRWISE_SALT_LENGTH) return [];
  const problem = `expected a text of ${PAIRWISE_SALT_LENGTH} characters or more, because pairwise is a supported type`;
  return [{ path: ['oidc', 'subject_identifiers', 'pairwise', 'salt'], problem }];
};

const userCodeOneWay: Rule = ({ oauth2 }) => {
  const { entropy_preset, length, character_set } = oauth2.device_authorization.user_code;
  if (entropy_preset === undefined || (length === undefined && character_set === undefined)) return [];
  const problem = 'expected either this or length and character_set, not both';
  return [{ path: ['oauth2', 'device_authorization', 'user_code', 'entropy_preset'], problem }];
};

const userCodeCharactersDiffer: Rule = ({ oauth2 }) => {
  const { character_set } = oauth2.device_authorization.user_code;
  if (character_set === undefined || userCodeCharacters(character_set).length >= USER_CODE_CHARACTERS) return [];
  const problem = `expected ${USER_CODE_CHARACTERS} different characters or more; case, blanks and dashes are ignored`;
  return [{ path: ['oauth2', 'device_authorization', 'user_code', 'character_set'], problem }];
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

/** RFC 9126 §2.2 gives 5 to 600 seconds as usual; FAPI 2.0 Security Profile §5.3.2.2 demands less than 600. */
const pushedRequestLifetime: Rule = ({ ttl: { pushed_authorization_request: seconds } }) => {
  if (seconds >= 1 && seconds < 600) return [];
  const problem = 'expected a duration from 1s to less than 10m';
  return [{ path: ['ttl', 'pushed_authorization_request'], problem }];
};

/** JARM §2.1 recommends a maximum of ten minutes. */
const authorizationResponseLifetime: Rule = ({ ttl: { authorization_response: seconds } }) => {
  if (seconds >= 1 && seconds <= 600) return [];
  return [{ path: ['ttl', 'authorization_response'], problem: 'expected a duration from 1s to 10m' }];
};

const pushedRequestsEnabled: Rule = ({ oauth2: { pushed_authorization_requests: pushed } }) =>
  (['required', 'allow_unregistered_redirect_uris'] as const)
    .filter((key) => pushed[key] && !pushed.enabled)
    .map((key) => ({
      path: ['oauth2', 'pushed_authorization_requests', key],
      problem: 'expected false, or oauth2.pushed_authorization_requests.enabled to be true as well',
    }));

/** RFC 9701 §5: the audience of the JWT is the caller, and callers authenticate on the public listener alone. */
const jwtIntrospectionIsPublic: Rule = ({ oauth2: { introspection } }) => {
  if (!introspection.jwt || introspection.public) return [];
  const problem = 'expected false, or oauth2.introspection.public to be true as well';
  return [{ path: ['oauth2', 'introspection', 'jwt'], problem }];
};

/** FAPI 2.0 Security Profile §5.3.2.1, §5.3.2.2: clients push, and their tokens are bound. */
const securityProfileServed: Rule = ({ oauth2 }) => {
  if (oauth2.security_profile === undefined) return [];
  const missing = [
    ...(oauth2.pushed_authorization_requests.enabled ? [] : ['oauth2.pushed_authorization_requests.enabled']),
    ...(oauth2.dpop.enabled || oauth2.mtls.enabled ? [] : ['oauth2.dpop.enabled or oauth2.mtls.enabled']),
  ];
  return missing.map((key) => ({
    path: ['oauth2', 'security_profile'],
    problem: `expected ${key} to be true as well`,
  }));
};

/** RFC 9068 §2.2 demands the claim `client_id`, which a token without a client cannot have. */
const clientOfJwt: Rule = ({ strategies: { access_token, jwt }, oauth2 }) => {
  if (jwt.profile !== 'rfc9068' || access_token !== 'jwt') return [];
  if (!oauth2.grant.jwt.client_authentication_optional) return [];
  const problem =
    'expected hydra, or oauth2.grant.jwt.client_authentication_optional to be false: each token of RFC 9068 names a client';
  return [{ path: ['strategies', 'jwt', 'profile'], problem }];
};

/** RFC 9396 §2: the schemas are compiled here, so that a bad one is a fault of the configuration. */
const detailTypes: Rule = ({ oauth2: { authorization_details: details } }) => {
  const path = ['oauth2', 'authorization_details', 'types'];
  const names = details.types.map(({ type }) => type);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  const bad = [...detailTypesOf(details.types).faults].map(([index, why]) => ({
    path: [...path, index, 'schema'],
    problem: `expected the path of a usable JSON Schema, but ${why}`,
  }));
  return twice < 0 ? bad : [...bad, { path: [...path, twice, 'type'], problem: 'expected each type once' }];
};

/** A proof is remembered for a day: it must be too old by then. The rest are bounds of sense. */
const dpopTimes: Rule = ({ oauth2: { dpop } }) => {
  const bounds = {
    nonce_lifetime: { least: 2, most: 86_400, said: '2s to 24h' },
    max_age: { least: 1, most: 3_600, said: '1s to 1h' },
    clock_skew: { least: 0, most: 600, said: '0s to 10m' },
  };
  return (['nonce_lifetime', 'max_age', 'clock_skew'] as const)
    .filter((key) => dpop[key] < bounds[key].least || dpop[key] > bounds[key].most)
    .map((key) => ({ path: ['oauth2', 'dpop', key], problem: `expected a duration from ${bounds[key].said}` }));
};

/** The server makes its own certificate only in development mode, because no client would trust it. */
const tlsMaterial: Rule = ({ dev, serve }) => {
  const asked = LISTENERS.filter((name) => speaksTls(serve, name) && !(dev && lacksMaterial(serve, name)));
  const needed = asked.flatMap((name) => missingMaterial(serve, name));
  return [...new Set(needed)].map((key) => ({
    path: key.split('.'),
    problem: 'expected path or base64 of a PEM text, because TLS is enabled',
  }));
};

export const rules: readonly Rule[] = [
  usableDsn,
  systemSecret,
  secureIssuer,
  pairwiseSalt,
  userCodeOneWay,
  userCodeCharactersDiffer,
  oneRedis,
  noHsm,
  tlsMaterial,
  pushedRequestLifetime,
  pushedRequestsEnabled,
  securityProfileServed,
  clientOfJwt,
  authorizationResponseLifetime,
  detailTypes,
  dpopTimes,
  documentTimes,
  jwtIntrospectionIsPublic,
  ...mutualTlsRules,
  ...cibaRules,
];

/** Whether there is no dsn, or the dsn is `memory`. */
export function isEmbedded(dsn: unknown): boolean {
  return dsn === undefined || dsn === 'memory';
}
