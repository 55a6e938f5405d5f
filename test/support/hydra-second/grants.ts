/** Clients, logins and tokens of the second database that the first one lacks, modelled on rows that Hydra wrote. */
import { pbkdf2Sync } from 'node:crypto';
import type { DumpRow } from '../dump-text.js';
import { hydraOpened, sha384Hex } from '../hydra-crypto.js';
import type { HydraSession } from '../hydra-oracle.js';
import { type Held, type SecondHydra, SECRETS } from './state.js';

/** A client of the code flow with one login, one consent and one pair of tokens. */
const MODEL = 'fe66d8db-f8df-4bbe-95e2-b4019ace9db5';

export interface Grant {
  clientId: string;
  flow: DumpRow;
  login: DumpRow;
  /** The session of its tokens, as JSON. */
  session: HydraSession;
  tokens: number;
}

export interface More {
  documents: Record<string, Record<string, unknown>>;
  clients: Record<string, unknown>[];
  sessions: Record<string, unknown>[];
  backchannel: Record<string, unknown>[];
  grace?: Record<string, unknown>[];
  [name: string]: unknown;
}

export const moreOf = ({ vectors }: Held): More => vectors['vectors-more.json'] as unknown as More;

export const at = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** @param changes columns of the row; those of the document follow from them where a test looks at them */
export function addClient(
  second: SecondHydra,
  held: Held,
  { id, document = {}, row = {} }: { id: string; document?: Record<string, unknown>; row?: DumpRow },
): string {
  const model = second.rows('hydra_client').find((client) => client.id === MODEL)!;
  const secret = second.random.next(18).toString('base64url');
  const registration = second.token('ory_at_', SECRETS[1]);
  const clients = second.rows('hydra_client');
  clients.push({
    ...model,
    id,
    client_name: id,
    client_secret: pbkdf2(secret, second.random.next(16)),
    registration_access_token_signature: registration.split('.')[1]!,
    pk_deprecated: String(1000 + clients.length),
    ...row,
  });
  const more = moreOf(held);
  more.clients.push({ client_id: id, name: id, secrets: [secret], registration_access_token: registration });
  more.documents[id] = { ...more.documents[MODEL], client_id: id, client_name: id, ...document };
  return id;
}

/** Other parameters than Hydra's usual ones: they are to be read from the hash. */
export function pbkdf2(secret: string, salt: Buffer): string {
  const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  const [iterations, length] = [1200, 48];
  const key = pbkdf2Sync(secret, salt, iterations, length, 'sha256');
  return `$pbkdf2-sha256$i=${iterations},l=${length}$${plain(salt)}$${plain(key)}`;
}

/** A login and its consent. */
export function addGrant(second: SecondHydra, clientId: string, subject: string, flow: DumpRow = {}): Grant {
  const { random } = second;
  const modelFlow = second.rows('hydra_oauth2_flow').find((row) => row.client_id === MODEL)!;
  const logins = second.rows('hydra_oauth2_authentication_session');
  const modelLogin = logins.find(({ id }) => id === modelFlow.login_session_id)!;
  const hex = (): string => random.next(16).toString('hex');
  const login = { ...modelLogin, id: random.uuid(), subject, remember: 't' };
  const made: DumpRow = {
    ...modelFlow,
    login_challenge: hex(),
    consent_challenge_id: hex(),
    subject,
    client_id: clientId,
    login_session_id: login.id,
    ...flow,
  };
  logins.push(login);
  second.rows('hydra_oauth2_flow').push(made);
  return { clientId, flow: made, login, session: sessionFor(second, made, clientId), tokens: 0 };
}

function sessionFor(second: SecondHydra, flow: DumpRow, clientId: string): HydraSession {
  const row = second.rows('hydra_oauth2_access').find(({ client_id }) => client_id === MODEL)!;
  const session = plainSession(row);
  const claims = session.id_token.id_token_claims;
  session.id_token.subject = claims.sub = flow.subject ?? '';
  claims.aud = [clientId];
  claims.nonce = second.random.next(12).toString('base64url');
  claims.ext = { ...(claims.ext as object), sid: flow.login_session_id };
  session.client_id = clientId;
  session.consent_challenge = flow.consent_challenge_id;
  return session;
}

export function plainSession({ session_data }: DumpRow): HydraSession {
  const text = session_data ?? '';
  return JSON.parse(text.startsWith('{') ? text : hydraOpened(text, SECRETS)) as HydraSession;
}

export interface Pair {
  access_token: string;
  refresh_token: string;
}

/** A pair of tokens of the grant, the later the newer. A used refresh token has no access token any more. */
export function addPair(second: SecondHydra, held: Held, grant: Grant, refresh: DumpRow = {}): Pair {
  const secret = SECRETS[grant.tokens % 2]!;
  const pair = { access_token: second.token('ory_at_', secret), refresh_token: second.token('ory_rt_', secret) };
  const accessKey = sha384Hex(pair.access_token.split('.')[1]!);
  const model = second.rows('hydra_oauth2_access').find(({ client_id }) => client_id === MODEL)!;
  const common = {
    ...model,
    request_id: grant.flow.consent_challenge_id ?? null,
    challenge_id: grant.flow.consent_challenge_id ?? null,
    client_id: grant.clientId,
    subject: grant.flow.subject ?? null,
    requested_at: `2026-11-29 06:40:${String(grant.tokens++).padStart(2, '0')}.123456`,
  };
  if (refresh.active !== 'f')
    second.rows('hydra_oauth2_access').push({ ...common, signature: accessKey, session_data: seal(second, grant) });
  second.rows('hydra_oauth2_refresh').push({
    ...common,
    signature: pair.refresh_token.split('.')[1]!,
    session_data: seal(second, grant),
    first_used_at: null,
    used_times: null,
    access_token_signature: accessKey,
    ...refresh,
  });
  held.tokens.push(pair.access_token, pair.refresh_token);
  return pair;
}

const seal = (second: SecondHydra, { session }: Grant): string => second.sealed(JSON.stringify(session));
