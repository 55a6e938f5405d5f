import { describe, expect, it } from 'vitest';
import { hydraTokenHash, hydraTokenKey } from '../../../crypto/hydra-token.js';
import { inGrant, inToken } from '../../../oauth2/issuance/grant-session.js';
import { openSession } from '../../../oauth2/issuance/open-session.js';
import { uuidOf } from '../formats/ids.js';
import type { CopiedRow } from '../source/copy-rows.js';
import { type Batch, REASONS, type Taking } from '../table-import.js';
import type { NewRow, TargetTable } from '../target/target-tables.js';
import { convertFamilies } from './family-batch.js';
import { TokenJudge } from './judge-token.js';
import { SessionReader } from './session-reader.js';
import { ACCESS, REFRESH, type TokenRow } from './token-row.js';

const NOW = new Date('2026-11-30T12:00:00Z');
const SECRETS = ['a-system-secret-of-this-server'];
const SEALED = 'sealed under another secret';
const FAMILY = 'c43afa98a5974dab33aa25d6982a87cd';
const GRANT = uuidOf(FAMILY);

/** The moment so many minutes from now, as a column has it. */
const at = (minutes: number): string =>
  new Date(NOW.getTime() + minutes * 60_000).toISOString().replace('T', ' ').replace('.000Z', '');
const micros = (minutes: number): bigint => BigInt(NOW.getTime() + minutes * 60_000) * 1000n;

/** A session as Hydra writes it; moments are minutes from now. */
function session(ends: { access?: number; refresh?: number }, claims: object = {}, extra: object = {}): string {
  const text = (minutes?: number): string | undefined =>
    minutes === undefined ? undefined : new Date(NOW.getTime() + minutes * 60_000).toISOString();
  return JSON.stringify({
    id_token: {
      id_token_claims: { sub: 'alice', ext: { sid: '5c2ca5f7-fcfc-360b-893e-be003e6eb895' }, ...claims },
      expires_at: { access_token: text(ends.access), refresh_token: text(ends.refresh) },
    },
    extra,
  });
}

const BOTH = { access: 60, refresh: 600 };

function row(table: TokenRow['table'], signature: string, over: Partial<TokenRow> = {}): TokenRow {
  return {
    ...{ table, signature, request_id: FAMILY, requested_at: at(-10), client_id: 'shop', subject: 'alice' },
    ...{ granted_scope: 'openid|offline_access', granted_audience: 'https://api.example', challenge_id: FAMILY },
    ...{ consented: true, active: true, first_used_at: null, used_times: null, access_token_signature: null },
    session_data: session(BOTH),
    ...over,
  };
}
const access = (signature: string, over: Partial<TokenRow> = {}): TokenRow => row(ACCESS, signature, over);
const refresh = (signature: string, over: Partial<TokenRow> = {}): TokenRow => row(REFRESH, signature, over);
const spent = (signature: string, over: Partial<TokenRow> = {}): TokenRow =>
  refresh(signature, { active: false, session_data: null, ...over });
/** Used a minute ago under graceful rotation. */
const graceful = (signature: string, over: Partial<TokenRow> = {}): TokenRow =>
  refresh(signature, { active: false, first_used_at: at(-1), used_times: '1', ...over });

/** A row as COPY brings it, in the order of the query. */
function copied(token: TokenRow): CopiedRow {
  const letter = (yes: boolean): string => (yes ? 't' : 'f');
  return [
    ...[token.request_id, token.table, token.signature, token.requested_at, token.client_id, token.subject],
    ...[token.granted_scope, token.granted_audience, token.challenge_id, letter(token.active), token.first_used_at],
    ...[token.used_times, token.access_token_signature, letter(token.consented), token.session_data],
  ];
}

interface Options {
  /** `rotation_grace_*`; default: strict rotation. */
  grace?: { period: number; uses: number };
}

function batch(tokens: TokenRow[], { grace }: Options = {}): Omit<Batch, 'rows'> & { rows: NewRow[] } {
  const rotation = { rotation_grace_period: grace?.period ?? 0, rotation_grace_reuse_count: grace?.uses ?? 0 };
  const taking = {
    now: NOW,
    configuration: {
      secrets: { system: SECRETS },
      ttl: { access_token: 3600 },
      oauth2: { grant: { refresh_token: rotation } },
    },
    clientKeys: new Map([['shop', '7']]),
  } as unknown as Taking;
  const envelopes = { open: (value: string) => (value === SEALED ? undefined : { text: value, secret: undefined }) };
  const rows: NewRow[] = [];
  const made = convertFamilies(tokens.map(copied), {
    judge: new TokenJudge(taking, new SessionReader(envelopes)),
    settings: { secrets: SECRETS, isStrict: !grace },
    add: (made) => void rows.push(made),
  });
  return { ...made, rows };
}

type Values = Record<string, unknown>;
const of = (rows: Iterable<NewRow>, table: TargetTable): Values[] =>
  [...rows].filter((one) => one.table === table).map(({ values }) => values);

function imported(tokens: TokenRow[], options?: Options) {
  const { rows, tallies } = batch(tokens, options);
  return {
    tallies,
    grants: of(rows, 'authorization_grant'),
    chains: of(rows, 'refresh_chain'),
    refreshTokens: of(rows, 'imported_refresh_token'),
    accessTokens: of(rows, 'access_token'),
  };
}

const keyOf = (mac: string): { id: string; digest: Buffer } => hydraTokenKey(hydraTokenHash(mac));
const openGrant = (values?: Values): unknown =>
  openSession({ system: SECRETS, accept_unbound: false }, inGrant(GRANT), values?.session as Buffer);

describe('a family with a pair of tokens', () => {
  const pair = [access('A', { requested_at: at(-9) }), refresh('R', { access_token_signature: 'A' })];

  it('is a grant with the rights, the claims and the consent of the refresh token', () => {
    const { grants } = imported(pair);
    expect(grants).toMatchObject([
      {
        id: GRANT,
        client_key: '7',
        consent_id: GRANT,
        subject: 'alice',
        created_at: micros(-10),
        keep_until: micros(60),
      },
    ]);
    expect(grants[0]).toMatchObject({ scope: ['openid', 'offline_access'], audience: ['https://api.example'] });
    expect(openGrant(grants[0])).toMatchObject({
      subjectIdentifier: 'alice',
      sid: '5c2ca5f7-fcfc-360b-893e-be003e6eb895',
    });
  });

  it('has a chain whose current token is the refresh token, known by the hash of its MAC', () => {
    const { chains, refreshTokens } = imported(pair);
    const { id, digest } = keyOf('R');
    expect(chains).toEqual([
      expect.objectContaining({
        id,
        digest,
        grant_id: GRANT,
        generation: 2,
        issued_at: micros(-10),
        expires_at: micros(600),
      }),
    ]);
    expect(chains[0]).toMatchObject({
      keep_until: new Date(NOW.getTime() + 600 * 60_000 + 86_400_000),
      previous_uses: 0,
    });
    expect(refreshTokens).toEqual([{ id, digest, chain_id: id, generation: 2 }]);
  });

  it('has the access token on that generation, with nothing that the grant has too', () => {
    const { accessTokens } = imported(pair);
    expect(accessTokens).toEqual([
      {
        ...{ bucket: 0, ...keyOf('A'), client_key: '7', client_version: 1, grant_id: GRANT },
        ...{ chain_id: keyOf('R').id, chain_generation: 2, subject: null, scope: null, audience: null, session: null },
        ...{ issued_at: micros(-9), expires_at: micros(60) },
      },
    ]);
  });

  it('is counted, with the end of what can be used', () => {
    const { tallies } = imported(pair);
    expect(tallies).toEqual({
      [ACCESS]: { imported: 1, adapted: {}, leftOut: {}, liveUntil: new Date(NOW.getTime() + 60 * 60_000) },
      [REFRESH]: { imported: 1, adapted: {}, leftOut: {}, liveUntil: new Date(NOW.getTime() + 600 * 60_000) },
    });
  });
});

describe('which tokens live', () => {
  const cases: [string, TokenRow, string | undefined][] = [
    ['an access token until the end in its session', access('A', { session_data: session({ access: 1 }) }), undefined],
    ['not after it', access('A', { session_data: session({ access: -1 }) }), REASONS.expired],
    ['without an end, an access token lives as configured', access('A', { session_data: session({}) }), undefined],
    ['not longer', access('A', { session_data: session({}), requested_at: at(-61) }), REASONS.expired],
    [
      'a refresh token until the end in its session',
      refresh('R', { session_data: session({ refresh: 1 }) }),
      undefined,
    ],
    ['a refresh token not after it', refresh('R', { session_data: session({ refresh: -1 }) }), REASONS.expired],
    ['a refresh token without an end for ever', refresh('R', { session_data: session({ access: -1 }) }), undefined],
    ['none whose client is gone', access('A', { client_id: 'gone' }), REASONS.withoutClient],
    ['none whose session no secret opens', refresh('R', { session_data: SEALED }), REASONS.unreadable],
    ['none whose session is no JSON', access('A', { session_data: '{' }), 'its session is not JSON'],
    ['no access token that Hydra switched off', access('A', { active: false }), 'not active'],
  ];
  it.each(cases)('%s', (_, token, reason) => {
    const { tallies } = imported([token]);
    const leftOut = reason === undefined ? {} : { [reason]: 1 };
    expect(tallies[token.table]).toMatchObject({ imported: reason === undefined ? 1 : 0, leftOut });
  });

  it('a refresh token without an end makes a chain that is kept for ever', () => {
    const { chains, tallies } = imported([refresh('R', { session_data: session({}) })]);
    expect(chains).toMatchObject([{ expires_at: undefined, keep_until: null }]);
    expect(tallies[REFRESH]?.liveUntil).toBe('infinity');
  });
});

describe('used refresh tokens', () => {
  it('are known by the longest-lived chain as of an earlier generation: their reuse ends the family', () => {
    const { chains, refreshTokens, tallies } = imported([spent('S'), refresh('R')]);
    expect(chains).toHaveLength(1);
    expect(refreshTokens).toContainEqual({ ...keyOf('S'), chain_id: keyOf('R').id, generation: 0 });
    expect(tallies[REFRESH]).toMatchObject({ imported: 2, leftOut: {} });
  });

  it('are left out where nothing of the family lives', () => {
    const { grants, tallies } = imported([spent('S'), access('A', { session_data: session({ access: -1 }) })]);
    expect(grants).toEqual([]);
    expect(tallies[REFRESH]).toEqual({ imported: 0, adapted: {}, leftOut: { [REASONS.spentAndEnded]: 1 } });
  });

  it('are known where only an access token lives, by a chain with a current token that nobody has', () => {
    const { chains, refreshTokens, accessTokens } = imported([spent('S'), access('A')]);
    expect(chains).toMatchObject([{ id: GRANT, digest: Buffer.alloc(32), generation: 2, expires_at: micros(-10) }]);
    expect(refreshTokens).toEqual([{ ...keyOf('S'), chain_id: GRANT, generation: 0 }]);
    expect(accessTokens).toMatchObject([{ grant_id: GRANT, chain_id: undefined, chain_generation: null }]);
  });

  it('take little memory, however many there are', () => {
    const many = Array.from({ length: 5000 }, (_, i) => spent(`S${i}`));
    const { refreshTokens } = imported([...many, refresh('R')]);
    expect(new Set(refreshTokens.map(({ id }) => id)).size).toBe(5001);
  });
});

describe('graceful rotation', () => {
  const grace = { period: 300, uses: 0 };

  it('makes a used token within the period the previous one of a chain of its own', () => {
    const { chains, refreshTokens } = imported([graceful('G'), refresh('R')], { grace });
    expect(chains).toContainEqual(
      expect.objectContaining({
        ...{ id: keyOf('G').id, digest: Buffer.alloc(32), generation: 2, expires_at: micros(4) },
        ...{ previous_used_at: micros(-1), previous_uses: 1 },
      }),
    );
    expect(refreshTokens).toContainEqual({ ...keyOf('G'), chain_id: keyOf('G').id, generation: 1 });
  });

  const unusable: [string, Partial<TokenRow>, { period: number; uses: number }][] = [
    ['after the period', { first_used_at: at(-6) }, grace],
    [
      'after five minutes, whatever is configured without a count',
      { first_used_at: at(-6) },
      { period: 3600, uses: 0 },
    ],
    ['after as many uses as are allowed', { used_times: '3' }, { period: 3600, uses: 3 }],
    ['that was used under strict rotation', { first_used_at: null }, grace],
    ['that has expired', { session_data: session({ refresh: -1 }) }, grace],
  ];
  it.each(unusable)('does not let one be used %s', (_, over, settings) => {
    const { refreshTokens } = imported([graceful('G', over), refresh('R')], { grace: settings });
    expect(refreshTokens.filter(({ generation }) => generation === 1)).toEqual([]);
  });

  it('allows a longer period with a count of uses, and one use where Hydra did not count', () => {
    const used = graceful('G', { first_used_at: at(-60), used_times: null });
    const { chains } = imported([used], { grace: { period: 7200, uses: 2 } });
    expect(chains).toMatchObject([{ previous_uses: 1, expires_at: micros(60) }]);
  });
});

describe('the chain of an access token', () => {
  const older = { requested_at: at(-20) };

  it('is that of the refresh token which names it', () => {
    const tokens = [access('A'), access('B', older), refresh('R', { access_token_signature: 'B' })];
    const { accessTokens } = imported(tokens, { grace: { period: 60, uses: 0 } });
    expect(accessTokens.map(({ id, chain_id }) => [id, chain_id])).toEqual([
      [keyOf('A').id, undefined],
      [keyOf('B').id, keyOf('R').id],
    ]);
  });

  it('is that of the newest access token where none is named', () => {
    const { accessTokens } = imported([access('B', older), access('A'), refresh('R')], {
      grace: { period: 60, uses: 0 },
    });
    expect(accessTokens.find(({ chain_id }) => chain_id === keyOf('R').id)).toMatchObject({ id: keyOf('A').id });
  });

  it('is the one chain of all under strict rotation: a refresh ends every access token of the family', () => {
    const tokens = [access('A'), access('B', older), refresh('R', { access_token_signature: 'B' })];
    const { accessTokens } = imported(tokens);
    expect(accessTokens.map(({ chain_id }) => chain_id)).toEqual([keyOf('R').id, keyOf('R').id]);
  });
});

describe('what differs from the grant', () => {
  it('is in the row of the access token', () => {
    const own = { granted_scope: 'openid', granted_audience: '', subject: 'bob' };
    const token = access('A', { ...own, session_data: session(BOTH, {}, { role: 'admin' }) });
    const { accessTokens } = imported([token, refresh('R')]);
    expect(accessTokens).toMatchObject([{ scope: ['openid'], audience: [], subject: 'bob' }]);
    const place = inToken({ bucket: 0, id: keyOf('A').id });
    const opened = openSession({ system: SECRETS, accept_unbound: false }, place, accessTokens[0]?.session as Buffer);
    expect(opened).toMatchObject({ accessTokenClaims: { role: 'admin' } });
  });

  it('is not the end of the token', () => {
    const { accessTokens } = imported([access('A', { session_data: session({ access: 30 }) }), refresh('R')]);
    expect(accessTokens).toMatchObject([{ session: null, expires_at: micros(30) }]);
  });

  it('keeps the digits of large integers', () => {
    const claims = session(BOTH, { ext: { account: 1 } }).replace('"account":1', '"account":12345678901234567890');
    const { grants } = imported([refresh('R', { session_data: claims })]);
    expect(openGrant(grants[0])).toMatchObject({ idTokenClaims: { account: 12345678901234567890n } });
  });
});

describe('tokens of a client itself', () => {
  const own = { challenge_id: null, consented: false, request_id: '33db45fb-4eb8-572a-bb55-1eed5b4a189f' };
  const nothing = session({ access: 60 }, { sub: '', ext: null });

  it('have no grant', () => {
    const token = access('A', {
      ...own,
      subject: 'shop',
      granted_scope: '',
      granted_audience: '',
      session_data: nothing,
    });
    const { grants, accessTokens } = imported([token]);
    expect(grants).toEqual([]);
    expect(accessTokens).toEqual([
      {
        ...{ bucket: 0, ...keyOf('A'), client_key: '7', client_version: 1, subject: null, scope: [], audience: [] },
        ...{ session: null, issued_at: micros(-10), expires_at: micros(60) },
      },
    ]);
  });

  it('have the subject of an assertion, and claims if there are any', () => {
    const { accessTokens } = imported([
      access('A', { ...own, session_data: session({ access: 60 }, {}, { role: 1 }) }),
    ]);
    expect(accessTokens).toMatchObject([{ subject: 'alice', session: expect.any(Buffer) as Buffer }]);
  });

  it('have a grant without a consent where there is a refresh token', () => {
    const { grants } = imported([access('A', own), refresh('R', own)]);
    expect(grants).toMatchObject([{ consent_id: null }]);
  });
});

it('a consent that is not imported is not referred to', () => {
  const { grants } = imported([access('A', { consented: false })]);
  expect(grants).toMatchObject([{ consent_id: null }]);
});

it('the key of an access token is the hash that Hydra stores, or that of the MAC which it stored before 2.1', () => {
  const hash = hydraTokenHash('the mac');
  const { accessTokens } = imported([access(hash.toString('hex')), access('another mac')]);
  expect(accessTokens.map(({ id }) => id)).toEqual([hydraTokenKey(hash).id, keyOf('another mac').id]);
});

it('the last family is the place', () => {
  const tokens = ['1', '2'].map((id) => access(`A${id}`, { request_id: id }));
  const { place, tallies } = batch(tokens);
  expect(place).toBe('2');
  expect(tallies[ACCESS]?.imported).toBe(2);
});
