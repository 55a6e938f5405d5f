/** The metadata of a client as columns of Hydra have it, in the form in which this server stores it. */
import type { JSONWebKeySet } from 'jose';
import {
  type ClientMetadata,
  EMPTY_METADATA,
  LIFESPAN_NAMES,
  type LifespanName,
} from '../../../clients/client-metadata.js';
import { PRIVATE_MEMBERS } from '../../../clients/registration-rules/jwks.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../protocol/json.js';
import { withoutTrailingSlashes } from '../../../protocol/trailing-slashes.js';
import { lifespanSeconds } from '../formats/lifespans.js';
import { jsonList, jsonObject, jsonValue } from '../formats/lists.js';

const LISTS = [
  ...(['redirect_uris', 'grant_types', 'response_types', 'audience', 'contacts', 'request_uris'] as const),
  ...(['post_logout_redirect_uris', 'allowed_cors_origins'] as const),
];
/** An empty text stands for the default, or for nothing. */
const TEXTS = [
  ...(['scope', 'policy_uri', 'tos_uri', 'client_uri', 'logo_uri', 'sector_identifier_uri', 'jwks_uri'] as const),
  ...(['frontchannel_logout_uri', 'backchannel_logout_uri', 'token_endpoint_auth_method', 'subject_type'] as const),
  ...(['token_endpoint_auth_signing_alg', 'request_object_signing_alg', 'userinfo_signed_response_alg'] as const),
];
const FLAGS = [
  ...(['frontchannel_logout_session_required', 'backchannel_logout_session_required', 'skip_consent'] as const),
  'skip_logout_consent' as const,
];

export const METADATA_COLUMNS = [
  ...[...LISTS, ...TEXTS, ...FLAGS, ...LIFESPAN_NAMES],
  ...(['jwks', 'metadata', 'access_token_strategy'] as const),
];

export type MetadataRow = Record<(typeof METADATA_COLUMNS)[number], string | null>;

export const ADAPTED_KEYS = 'private members of its public keys are left out';
export const ADAPTED_STRATEGY = 'its access token strategy is unknown: the one of the configuration counts';

export interface ReadMetadata {
  metadata: ClientMetadata;
  /** Why it is not as it was. */
  adapted: readonly string[];
}

export function readMetadata(row: MetadataRow): ReadMetadata {
  const strategy = (row.access_token_strategy ?? '').toLowerCase();
  const { keys, hadPrivate } = publicKeys(jsonObject(row.jwks));
  const given = Object.fromEntries([...lists(row), ...texts(row), ...flags(row), ...lifespans(row)]);
  const metadata: ClientMetadata = {
    ...EMPTY_METADATA,
    ...(given as Partial<ClientMetadata>),
    metadata: row.metadata === null || row.metadata === '' ? {} : jsonValue(row.metadata),
    ...(keys ? { jwks: keys } : {}),
    ...(isStrategy(strategy) ? { access_token_strategy: strategy } : {}),
  };
  const unknown = strategy !== '' && !isStrategy(strategy);
  return { metadata, adapted: [...(hadPrivate ? [ADAPTED_KEYS] : []), ...(unknown ? [ADAPTED_STRATEGY] : [])] };
}

type Member = [name: string, value: unknown];

function lists(row: MetadataRow): Member[] {
  return LISTS.map((name) => {
    const list = jsonList(row[name]);
    return [name, name === 'allowed_cors_origins' ? list.map(withoutTrailingSlashes) : list];
  });
}

function texts(row: MetadataRow): Member[] {
  return TEXTS.filter((name) => row[name]).map((name) => [name, row[name]]);
}

function flags(row: MetadataRow): Member[] {
  return FLAGS.filter((name) => row[name] !== null).map((name) => [name, row[name] === 'true']);
}

function lifespans(row: MetadataRow): Member[] {
  const seconds = LIFESPAN_NAMES.map((name): [LifespanName, number | undefined] => [name, lifespanSeconds(row[name])]);
  return seconds.filter(([, value]) => value !== undefined);
}

/** Hydra takes keys with their private half, which belongs to the client alone. No key is needed with it. */
function publicKeys({ keys }: JsonObject): { keys?: JSONWebKeySet; hadPrivate: boolean } {
  if (!Array.isArray(keys)) return { hadPrivate: false };
  const cleaned = keys.map(withoutPrivate);
  const hadPrivate = cleaned.some((key, i) => key !== keys[i]);
  return { keys: { keys: cleaned } as unknown as JSONWebKeySet, hadPrivate };
}

/** The same object where there is nothing to take away. */
function withoutPrivate(key: JsonValue): JsonValue {
  if (!isJsonObject(key) || !PRIVATE_MEMBERS.some((name) => Object.hasOwn(key, name))) return key;
  return Object.fromEntries(Object.entries(key).filter(([name]) => !PRIVATE_MEMBERS.includes(name)));
}

function isStrategy(text: string): text is 'opaque' | 'jwt' {
  return text === 'opaque' || text === 'jwt';
}
