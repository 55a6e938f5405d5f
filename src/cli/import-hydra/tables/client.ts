/**
 * `hydra_client`. Clients are taken as they are, also where a registration would refuse them today: they work as before, and
 * the next change of such a client says what is wrong with it.
 */
import { metadataText } from '../../../clients/client-row.js';
import { MAX_INDEXED_BYTES } from '../../../clients/registration-rules/storable-values.js';
import { hydraTokenHash } from '../../../crypto/hydra-token.js';
import { isVerifiableHash } from '../../../crypto/secret-hasher.js';
import type { JsonValue } from '../../../protocol/json.js';
import { isWritable, jsonList } from '../formats/lists.js';
import { columnMoment, momentOf } from '../formats/moments.js';
import type { Columns, Outcome, TableImport, Taking, Value } from '../table-import.js';
import { METADATA_COLUMNS, type MetadataRow, readMetadata } from './client-metadata.js';
import { shortened, storableJson } from './storable.js';

type Row = MetadataRow &
  Record<'id' | 'client_name' | 'owner' | 'client_secret' | 'rotated_secrets', Value> &
  Record<'registration_access_token_signature' | 'created_at' | 'updated_at', Value>;

/** Columns that a database of an older release lacks. */
const LATER: Partial<Record<keyof Row, string>> = {
  rotated_secrets: 'null',
  skip_logout_consent: 'null',
  device_authorization_grant_access_token_lifespan: 'null',
  device_authorization_grant_id_token_lifespan: 'null',
  device_authorization_grant_refresh_token_lifespan: 'null',
};
const NAMES = [
  ...METADATA_COLUMNS,
  ...(['id', 'client_name', 'owner', 'client_secret', 'rotated_secrets'] as const),
  ...(['registration_access_token_signature', 'created_at', 'updated_at'] as const),
];
/** They hold the hash of a secret that nobody has. */
const WITHOUT_SECRET = ['none', 'private_key_jwt'];

export const NO_ID = 'a client without an id';
export const UNKNOWN_HASH = 'its secret is hashed in a form that this server cannot check';
export const NESTED = 'its metadata is nested too deeply';
export const SHORTENED = `its name or owner is shortened to ${MAX_INDEXED_BYTES} bytes`;
export const UNSTORABLE = 'characters of its metadata that PostgreSQL cannot store are left out';
export const ROTATED_LEFT_OUT = 'a rotated secret, hashed in a form that this server cannot check, is left out';

export const CLIENTS: TableImport<Row> = {
  name: 'hydra_client',
  columns: Object.fromEntries(NAMES.map((name) => [name, { orElse: LATER[name] }])) as unknown as Columns<Row>,
  key: `'.' || it.id`,
  convert: convertClient,
};

function convertClient(row: Row, taking: Taking): Outcome {
  const clientId = row.id ?? '';
  if (clientId === '') return { leftOut: NO_ID };
  const secrets = secretsOf(row);
  if (!secrets) return { leftOut: UNKNOWN_HASH, warnings: [refusal(clientId, row.client_secret ?? '')] };
  const stored = storedMetadata(row);
  if (!stored) return { leftOut: NESTED };
  const name = namesOf(row);
  const values = {
    ...{ key: taking.addClient(clientId), client_id: clientId, ...name.columns, metadata: stored.text, version: 1 },
    ...{ secret_hash: secrets.hash, rotated_secret_hashes: secrets.rotated },
    ...timesOf(row, taking.now),
  };
  const adapted = [...stored.adapted, ...secrets.adapted, ...name.adapted];
  const mac = row.registration_access_token_signature;
  if (!mac) return { rows: [{ table: 'client', values: { ...values, registration_token_digest: null } }], adapted };
  const registered = { ...values, registration_token_digest: hydraTokenHash(mac) };
  return { rows: [{ table: 'client', values: registered }], adapted, liveUntil: 'infinity' }; // such a token has no end
}

function namesOf({ client_name, owner }: Row): { columns: { name: string; owner: string }; adapted: string[] } {
  const before = { name: client_name ?? '', owner: owner ?? '' };
  const after = {
    name: shortened(before.name, MAX_INDEXED_BYTES),
    owner: shortened(before.owner, MAX_INDEXED_BYTES),
  };
  const isSame = after.name === before.name && after.owner === before.owner;
  return { columns: after, adapted: isSame ? [] : [SHORTENED] };
}

function timesOf(row: Row, now: Date): { created_at: bigint; updated_at: bigint } {
  const created = columnMoment(row.created_at) ?? momentOf(now);
  return { created_at: created, updated_at: columnMoment(row.updated_at) ?? created };
}

interface Secrets {
  hash: string | null;
  /** The newest first. */
  rotated: string[];
  adapted: string[];
}

/** Undefined where the client has a secret that this server cannot check. */
function secretsOf(row: Row): Secrets | undefined {
  const hash = row.client_secret ?? '';
  const before = jsonList(row.rotated_secrets);
  const rotated = before.filter(isVerifiableHash);
  const adapted = rotated.length < before.length ? [ROTATED_LEFT_OUT] : [];
  if (isVerifiableHash(hash)) return { hash, rotated, adapted };
  const isNeeded = hash !== '' && !WITHOUT_SECRET.includes(row.token_endpoint_auth_method ?? '');
  return isNeeded ? undefined : { hash: null, rotated: [], adapted: [] };
}

/** Undefined where it cannot be written. */
function storedMetadata(row: Row): { text: string; adapted: string[] } | undefined {
  const { metadata, adapted } = readMetadata(row);
  const value = metadata as unknown as JsonValue;
  if (!isWritable(value, (row.metadata?.length ?? 0) + (row.jwks?.length ?? 0))) return undefined;
  const storable = storableJson(value);
  return {
    text: metadataText(storable as unknown as typeof metadata),
    adapted: [...adapted, ...(storable === value ? [] : [UNSTORABLE])],
  };
}

/** Names the format of the hash, nothing else of it. */
function refusal(clientId: string, hash: string): string {
  const format = /^\$([a-z0-9-]{1,20})\$/.exec(hash)?.[1] ?? 'unknown';
  return `The client ${JSON.stringify(clientId)} is left out: ${UNKNOWN_HASH} (${format}). Give it a new secret in Hydra first, or register it again here.`;
}
