/** Rows of the second database that few databases have: each of them is a trap for an import. */
import { hash } from '@node-rs/bcrypt';
import type { DumpRow } from '../dump-text.js';
import { sha256Hex, sha384Hex } from '../hydra-crypto.js';
import { addClient, addGrant, addPair, moreOf, pbkdf2, plainSession } from './grants.js';
import type { HydraSession } from '../hydra-oracle.js';
import { type Held, pairwise, type SecondHydra } from './state.js';

const OTHER_NETWORK = '0e0e0e0e-0000-4000-8000-000000000009';
const TOLD_OF_LOGOUTS = '97b3cc5c-9574-4425-aae3-d701e62e4cdf';
const BIG = '9007199254740993123';

export async function addRareRows(second: SecondHydra, held: Held): Promise<void> {
  await renewHashes(second, held);
  addSector(second, held);
  addSkippedConsent(second, held);
  addTokensOfClients(second, held);
  addEnds(second, held);
  addBigNumbers(second, held);
  addFlows(second);
  addOtherNetwork(second);
  addMarks(second);
  useNamesOf1x(second);
  forgetSomeColumns(second);
}

/** Hashes of several algorithms and parameters, mixed within a client too. */
async function renewHashes(second: SecondHydra, held: Held): Promise<void> {
  const prefixes = ['$2a$', '$2b$', '$2y$'];
  const known = [...moreOf(held).clients, ...held.vectors['vectors.json']!.clients] as {
    client_id: string;
    secrets?: string[];
  }[];
  const confidential = known.filter(({ secrets }) => secrets?.length);
  for (const [i, { client_id, secrets = [] }] of confidential.entries()) {
    const row = second.rows('hydra_client').find(({ id }) => id === client_id)!;
    if (i % 4 === 0) {
      const prefix = prefixes[(i / 4) % prefixes.length]!;
      row.client_secret = prefix + (await hash(secrets.at(-1)!, 6, second.random.next(16))).slice(4);
    } else if (i % 4 === 1) row.client_secret = pbkdf2(secrets.at(-1)!, second.random.next(16));
    if (i % 8 !== 0 || secrets.length > 1) continue;
    const older = second.random.next(15).toString('base64url');
    secrets.unshift(older);
    row.rotated_secrets = JSON.stringify([pbkdf2(older, second.random.next(16))]);
  }
}

/** The sector of a pairwise client is its sector_identifier_uri as it is written. */
function addSector(second: SecondHydra, held: Held): void {
  const uri = 'https://Sector.example.org/uris.json';
  const client = addClient(second, held, {
    id: 'pairwise with a sector',
    document: { subject_type: 'pairwise', sector_identifier_uri: uri },
    row: { subject_type: 'pairwise', sector_identifier_uri: uri },
  });
  const grant = addGrant(second, client, 'petronella');
  const { salt } = second.configuration.oidc.subject_identifiers.pairwise;
  grant.session.id_token.id_token_claims.sub = pairwise(uri, 'petronella', salt);
  addPair(second, held, grant);
}

/** A consent that was skipped is what tells a client of a logout, and nothing else does here. */
function addSkippedConsent(second: SecondHydra, held: Held): void {
  const grant = addGrant(second, addClient(second, held, { id: 'asked for consent' }), 'sven');
  const hex = (): string => second.random.next(16).toString('hex');
  second.rows('hydra_oauth2_flow').push({
    ...grant.flow,
    login_challenge: hex(),
    consent_challenge_id: hex(),
    client_id: TOLD_OF_LOGOUTS,
    consent_skip: 't',
  });
  const sid = grant.login.id ?? '';
  moreOf(held).backchannel.push({
    client_id: TOLD_OF_LOGOUTS,
    subject: 'sven',
    sid,
    cookies: second.cookies(sid, 1),
  });
}

/** Tokens of clients alone: one without its prefix, as in 1.x; one whose key is the mac, as before 2.1; ends that are missing. */
function addTokensOfClients(second: SecondHydra, held: Held): void {
  const model = second.rows('hydra_oauth2_access').find(({ client_id }) => client_id === 'own-id/with slash')!;
  const session = plainSession(model);
  const add = (row: DumpRow, end?: string): string => {
    const token = second.token('ory_at_');
    const expires_at = end === undefined ? {} : { access_token: end };
    const data = { ...session, id_token: { ...session.id_token, expires_at } };
    const signature = sha384Hex(token.split('.')[1]!);
    const common = { ...model, request_id: second.random.uuid(), session_data: second.sealed(JSON.stringify(data)) };
    second.rows('hydra_oauth2_access').push({ ...common, signature, ...row });
    held.tokens.push(token);
    return token;
  };
  const far = '2100-01-01T00:00:00.123456789Z';
  const unprefixed = add({}, far);
  held.tokens[held.tokens.indexOf(unprefixed)] = unprefixed.replace('ory_at_', '');
  const clear = add({ expires_at: null }, far);
  second.rows('hydra_oauth2_access').at(-1)!.signature = clear.split('.')[1]!;
  add({ requested_at: '2026-11-20 10:00:00.75', expires_at: null });
  add({ requested_at: '2006-11-20 10:00:00.75', expires_at: null }, '0001-01-01T00:00:00Z'); // the usual time are ten years
}

/** The column of the end counts for nothing: some are early, some late, some are missing. */
function addEnds(second: SecondHydra, held: Held): void {
  const client = addClient(second, held, { id: 'ends' });
  const grant = addGrant(second, client, 'erna');
  grant.session.id_token.expires_at = { access_token: '2026-11-29T07:40:00Z', refresh_token: '2100-01-01T00:00:00Z' };
  addPair(second, held, grant, { expires_at: '2026-11-30 00:00:00' });
  const endless = addGrant(second, client, 'endless');
  endless.session.id_token.expires_at = { access_token: '2100-01-01T00:00:00Z' };
  addPair(second, held, endless, { expires_at: null });
  const over = addGrant(second, client, 'over');
  over.session.id_token.expires_at = { access_token: '2026-11-29T07:40:00Z', refresh_token: '2026-11-29T08:40:00Z' };
  addPair(second, held, over, { expires_at: '2100-01-01 00:00:00' });
}

/** Digits that a number of JavaScript does not hold. */
function addBigNumbers(second: SecondHydra, held: Held): void {
  const grant = addGrant(second, addClient(second, held, { id: 'big numbers' }), 'bigna', {
    session_access_token: `{"account": ${BIG}}`,
    session_id_token: `{"account_of_id": ${BIG}}`,
  });
  grant.session.extra = { account: 'BIG' };
  const claims = grant.session.id_token.id_token_claims;
  claims.ext = { ...(claims.ext as object), account_of_id: 'BIG' };
  const withDigits = (text: string): string => text.replaceAll('"BIG"', BIG);
  const pair = addPair(second, held, grant);
  for (const [table, token] of [
    ['hydra_oauth2_access', sha384Hex(pair.access_token.split('.')[1]!)],
    ['hydra_oauth2_refresh', pair.refresh_token.split('.')[1]],
  ] as const) {
    const row = second.rows(table).find(({ signature }) => signature === token)!;
    row.session_data = second.sealed(withDigits(JSON.stringify(plainSession(row))));
  }
}

/** Flows of releases before 26.2 by their state, and one that names no client. */
function addFlows(second: SecondHydra): void {
  const hex = (): string => second.random.next(16).toString('hex');
  const model = second.rows('hydra_oauth2_flow').find(({ subject }) => subject === 'alice')!;
  const rows: DumpRow[] = [
    ...['1', '2', '3', '4', '128', '129'].map((state) => ({ state, subject: 'between two clicks' })),
    { state: '6', subject: 'of an older release' },
    { state: '5', subject: 'of an older release', login_session_id: null },
    { client_id: null, subject: 'of no client' },
  ];
  for (const row of rows)
    second.rows('hydra_oauth2_flow').push({ ...model, login_challenge: hex(), consent_challenge_id: hex(), ...row });
}

function addOtherNetwork(second: SecondHydra): void {
  const networks = second.rows('networks');
  networks.push({ ...networks[0], id: OTHER_NETWORK, created_at: '2026-11-28 00:00:00' });
  const [login] = second.rows('hydra_oauth2_authentication_session');
  second.rows('hydra_oauth2_authentication_session').push({ ...login, id: second.random.uuid(), nid: OTHER_NETWORK });
  const key = second.rows('hydra_jwk').find(({ sid }) => sid === 'hydra.openid.id-token')!;
  second.rows('hydra_jwk').push({ ...key, nid: OTHER_NETWORK, pk: second.random.uuid(), pk_deprecated: '2000' });
}

function addMarks(second: SecondHydra): void {
  const [model] = second.rows('hydra_oauth2_jti_blacklist');
  for (const [jti, expires_at] of [
    ['a mark that has ended', '2026-11-29 00:00:00'],
    ['a mark that lives for long', '2090-01-01 00:00:00.5'],
  ] as const)
    second.rows('hydra_oauth2_jti_blacklist').push({ ...model, signature: sha256Hex(jti), expires_at });
}

/** Sessions as 1.x wrote them, which every later release reads. */
function useNamesOf1x(second: SecondHydra): void {
  for (const table of ['hydra_oauth2_access', 'hydra_oauth2_refresh'])
    for (const row of second.rows(table).filter(({ subject }) => subject === 'erin' || subject === 'kate'))
      row.session_data = second.sealed(JSON.stringify(namesOf1x(plainSession(row))));
}

function namesOf1x({ id_token, extra, ...rest }: HydraSession): Record<string, unknown> {
  const claims = id_token.id_token_claims;
  const idToken = {
    Claims: {
      JTI: claims.jti,
      Issuer: claims.iss,
      Subject: claims.sub,
      Audience: claims.aud,
      Nonce: claims.nonce,
      ExpiresAt: claims.exp,
      IssuedAt: claims.iat,
      RequestedAt: claims.rat,
      AuthTime: claims.auth_time,
      AccessTokenHash: claims.at_hash,
      AuthenticationContextClassReference: claims.acr,
      AuthenticationMethodsReferences: claims.amr,
      CodeHash: claims.c_hash,
      Extra: claims.ext,
    },
    Headers: { Extra: (id_token.headers as { extra: unknown }).extra },
    ExpiresAt: id_token.expires_at,
    Username: '',
    Subject: id_token.subject,
  };
  return {
    idToken,
    Extra: extra,
    KID: rest.kid,
    ClientID: rest.client_id,
    ConsentChallenge: rest.consent_challenge,
    ExcludeNotBeforeClaim: false,
    AllowedTopLevelClaims: [],
  };
}

/** What rows of releases before 2.3 lack, and values of JSON that mean nothing as well as none at all. */
function forgetSomeColumns(second: SecondHydra): void {
  for (const row of second
    .rows('hydra_oauth2_refresh')
    .filter(({ subject }) => subject === 'bob' || subject === 'ruth'))
    Object.assign(row, { access_token_signature: null, expires_at: null });
  for (const [i, row] of second.rows('hydra_oauth2_flow').entries())
    if (row.context === 'null' && i % 2 === 0) row.context = null;
  for (const row of second.rows('hydra_oauth2_authentication_session').slice(0, 5)) row.expires_at = null;
}
