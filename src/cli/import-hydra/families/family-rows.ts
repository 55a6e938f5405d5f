/** The rows of this server for the tokens of a family of Hydra. */
import { hydraTokenKey } from '../../../crypto/hydra-token.js';
import { FAR_BUCKET } from '../../../database/buckets.js';
import {
  EMPTY_SESSION,
  type GrantSession,
  inGrant,
  inToken,
  sealSession,
} from '../../../oauth2/issuance/grant-session.js';
import { stringifyJson, withoutDefaults } from '../../../protocol/json.js';
import { uuidOf } from '../formats/ids.js';
import { pipedList } from '../formats/lists.js';
import type { NewRow } from '../target/target-tables.js';
import { type Chain, chainOfEach, chainsOf, CURRENT, PREVIOUS, SPENT } from './chains.js';
import { type Family, latestOf } from './family.js';
import type { AccessToken, HydraToken } from './judge-token.js';
import { newestOf } from './newest.js';

/** The client as the import writes it. */
const CLIENT_VERSION = 1;

export interface FamilySettings {
  /** `secrets.system`. */
  secrets: readonly string[];
  /** Whether a refresh ends all access tokens of the family. */
  isStrict: boolean;
}

/** Nothing where no token of the family can be used. */
export function* familyRows(family: Family, settings: FamilySettings): Generator<NewRow> {
  const pattern = newestOf([...family.refresh, ...family.graceful]) ?? newestOf(family.access);
  if (!pattern) return;
  if (!hasGrant(family)) {
    for (const token of family.access) yield tokenOfClient(token, settings);
    return;
  }
  yield grantRow(family, pattern, settings);
  const chains = chainsOf(family);
  for (const chain of chains) yield chainRow(chain, uuidOf(family.requestId));
  yield* refreshTokenRows(family, chains);
  const chainOf = chainOfEach(family, settings.isStrict);
  for (const token of family.access) yield tokenOfGrant(token, pattern, { settings, chainId: chainOf.get(token) });
}

/** Tokens from client credentials and assertions have no grant, as those that this server issues. */
function hasGrant({ hasRefreshTokens, access }: Family): boolean {
  return hasRefreshTokens || access.some(({ row }) => row.challenge_id !== null);
}

function grantRow(family: Family, { row, clientKey, session }: HydraToken, { secrets }: FamilySettings): NewRow {
  const id = uuidOf(family.requestId);
  const accessEnd = latestOf(family.access.map(({ expiresAt }) => expiresAt)) ?? 0n;
  const values = {
    ...{ id, client_key: clientKey, subject: row.subject },
    consent_id: row.consented && row.challenge_id !== null ? uuidOf(row.challenge_id) : null,
    ...{ scope: pipedList(row.granted_scope), audience: pipedList(row.granted_audience) },
    session: sealSession(secrets, inGrant(id), session),
    ...{ created_at: family.began, keep_until: accessEnd > family.began ? accessEnd : family.began },
  };
  return { table: 'authorization_grant', values };
}

function chainRow(chain: Chain, grantId: string): NewRow {
  const { id, digest, issuedAt, expiresAt, keepUntil, previousUsedAt, previousUses = 0 } = chain;
  const values = {
    ...{ id, grant_id: grantId, generation: CURRENT, digest, issued_at: issuedAt, expires_at: expiresAt },
    ...{ previous_used_at: previousUsedAt, previous_uses: previousUses, keep_until: keepUntil },
  };
  return { table: 'refresh_chain', values };
}

function* refreshTokenRows({ refresh, graceful, spent }: Family, [main]: readonly Chain[]): Generator<NewRow> {
  for (const { hash } of refresh) yield refreshTokenRow(hash, CURRENT);
  for (const { hash } of graceful) yield refreshTokenRow(hash, PREVIOUS);
  for (const hash of spent) yield refreshTokenRow(hash, SPENT, main?.id);
}

/** @param chainId default: the chain that has the id of the token */
function refreshTokenRow(hash: Buffer, generation: number, chainId?: string): NewRow {
  const { id, digest } = hydraTokenKey(hash);
  return { table: 'imported_refresh_token', values: { id, digest, chain_id: chainId ?? id, generation } };
}

/** A token with all that it needs in its own row. */
function tokenOfClient(token: AccessToken, { secrets }: FamilySettings): NewRow {
  const { row, session } = token;
  const { id, digest } = hydraTokenKey(token.hash);
  const values = {
    ...{ bucket: FAR_BUCKET, id, digest, client_key: token.clientKey, client_version: CLIENT_VERSION },
    subject: row.subject === row.client_id ? null : row.subject,
    ...{ scope: pipedList(row.granted_scope), audience: pipedList(row.granted_audience) },
    session: isEmpty(session) ? null : sealSession(secrets, inToken({ bucket: FAR_BUCKET, id }), session),
    ...{ issued_at: token.issuedAt, expires_at: token.expiresAt },
  };
  return { table: 'access_token', values };
}

/** A token that has in its row only what differs from the grant, whose pattern is another token. */
function tokenOfGrant(
  token: AccessToken,
  pattern: HydraToken,
  { settings, chainId }: { settings: FamilySettings; chainId: string | undefined },
): NewRow {
  const { row, session } = token;
  const { id, digest } = hydraTokenKey(token.hash);
  const { subject, granted_scope: scope, granted_audience: audience, request_id: requestId } = pattern.row;
  const values = {
    ...{ bucket: FAR_BUCKET, id, digest, client_key: token.clientKey, client_version: CLIENT_VERSION },
    ...{ grant_id: uuidOf(requestId), chain_id: chainId, chain_generation: chainId === undefined ? null : CURRENT },
    subject: row.subject === subject ? null : row.subject,
    scope: row.granted_scope === scope ? null : pipedList(row.granted_scope),
    audience: row.granted_audience === audience ? null : pipedList(row.granted_audience),
    session: isSame(session, pattern.session)
      ? null
      : sealSession(settings.secrets, inToken({ bucket: FAR_BUCKET, id }), session),
    ...{ issued_at: token.issuedAt, expires_at: token.expiresAt },
  };
  return { table: 'access_token', values };
}

function isSame(one: GrantSession, other: GrantSession): boolean {
  return one === other || stringifyJson(claimsOf(one)) === stringifyJson(claimsOf(other));
}

/** One session may stand for many tokens. */
const emptiness = new WeakMap<GrantSession, boolean>();

function isEmpty(session: GrantSession): boolean {
  let empty = emptiness.get(session);
  if (empty === undefined) emptiness.set(session, (empty = Object.keys(claimsOf(session)).length === 0));
  return empty;
}

/** Without what is as in a session that knows nothing. */
function claimsOf(session: GrantSession): Partial<GrantSession> {
  return withoutDefaults(session, EMPTY_SESSION);
}
