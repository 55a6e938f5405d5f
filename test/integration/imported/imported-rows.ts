/** Tokens as Hydra makes them, and the rows that an import writes for them. */
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { EMPTY_SESSION, type GrantSession, inGrant, sealSession } from '../../../src/oauth2/issuance/grant-session.js';

const NETWORK = '6f7c7dbd-0b0f-4a4e-9d3f-0d3e5f4f6a10';
const HOUR = 3_600_000;

/** What a token of Hydra is known by here. */
export interface HydraToken {
  token: string;
  /** SHA-384 of the MAC. */
  hash: Buffer;
  /** A UUID. */
  id: string;
  digest: Buffer;
}

/** @param prefix `ory_at_`, `ory_rt_`, or nothing as in Hydra 1.x */
export function hydraToken(prefix: string, secret: string): HydraToken {
  const random = randomBytes(32);
  const key = createHash('sha256').update(secret).digest();
  const mac = createHmac('sha512-256', key).update(random).digest('base64url');
  return { token: `${prefix}${random.toString('base64url')}.${mac}`, ...keyOf(mac) };
}

/** @param mac or the signature of a JWT */
export function keyOf(mac: string): Omit<HydraToken, 'token'> {
  const hash = createHash('sha384').update(mac).digest();
  const id = hash
    .subarray(0, 16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { hash, id, digest: hash.subarray(16) };
}

/** A grant with one chain: the tokens that a client of Hydra holds. */
export interface Family {
  grantId: string;
  chainId: string;
  access: HydraToken;
  refresh: HydraToken;
  /** Was used at Hydra, and may not be used again. */
  spent: HydraToken;
}

interface FamilyOptions {
  clientId: string;
  secret: string;
  prefixed?: boolean;
  session?: Partial<GrantSession>;
  /** The token before `refresh`, usable for a while. */
  previous?: { token: HydraToken; usedAt: Date; uses: number };
  refreshEnds?: Date;
}

/** One client, which imports for a test as the command does. */
export class ImportedRows {
  private constructor(private readonly client: pg.Client) {}

  static async open(dsn: string): Promise<ImportedRows> {
    const client = new pg.Client(dsn);
    await client.connect();
    return new ImportedRows(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, values)).rows;
  }

  /** The record of an import. @param liveUntil by the table of Hydra */
  async record(liveUntil: Record<string, string>, { finished = true } = {}): Promise<void> {
    await this.query(
      `insert into hydra_import (network, source_schema, details, begun_at, finished_at)
values ($1, '20260101000000000000', '{}', now(), case when $2 then now() end)
on conflict (network) do update set finished_at = excluded.finished_at`,
      [NETWORK, finished],
    );
    for (const [name, until] of Object.entries(liveUntil)) {
      await this.query(
        `insert into hydra_import_table (name, live_until, finished) values ($1, $2, true)
on conflict (name) do update set live_until = excluded.live_until`,
        [name, until],
      );
    }
  }

  /** A token of client credentials, or a JWT whose hash is given. */
  async accessToken(clientId: string, { id, digest }: { id: string; digest: Buffer }): Promise<void> {
    await this.query(
      `insert into access_token (bucket, id, digest, client_key, scope, audience, issued_at, expires_at)
select 0, $2, $3, key, '{read}', '{}', $4, $5 from client where client_id = $1`,
      [clientId, id, digest, past(), future()],
    );
  }

  async family({ clientId, secret, prefixed = true, ...rest }: FamilyOptions): Promise<Family> {
    const [access, refresh] = [prefixed ? 'ory_at_' : '', prefixed ? 'ory_rt_' : ''];
    const family = {
      grantId: randomUUID(),
      access: hydraToken(access, secret),
      refresh: hydraToken(refresh, secret),
      spent: hydraToken(refresh, secret),
    };
    const whole = { ...family, chainId: family.refresh.id };
    await this.query('begin');
    await this.grant(clientId, whole.grantId, { secret, ...rest });
    await this.chain(whole, rest);
    for (const [token, generation] of [
      [whole.refresh, 2],
      [whole.spent, 0],
      ...(rest.previous ? [[rest.previous.token, 1] as const] : []),
    ] as const) {
      await this.query(
        'insert into imported_refresh_token (id, digest, chain_id, generation) values ($1, $2, $3, $4)',
        [token.id, token.digest, whole.chainId, generation],
      );
    }
    await this.query(
      `insert into access_token (bucket, id, digest, client_key, grant_id, chain_id, chain_generation, issued_at, expires_at)
select 0, $2, $3, key, $4, $5, 2, $6, $7 from client where client_id = $1`,
      [clientId, whole.access.id, whole.access.digest, whole.grantId, whole.chainId, past(), future()],
    );
    await this.query('commit');
    return whole;
  }

  private async grant(
    clientId: string,
    grantId: string,
    { secret, session }: Pick<FamilyOptions, 'secret' | 'session'>,
  ): Promise<void> {
    const whole = { ...EMPTY_SESSION, subjectIdentifier: 'alice', sid: randomUUID(), ...session };
    await this.query(
      `insert into authorization_grant (id, client_key, subject, scope, audience, session, created_at, keep_until)
select $2, key, 'alice', '{openid,offline_access}', '{}', $3, $4, $5 from client where client_id = $1`,
      [clientId, grantId, sealSession([secret], inGrant(grantId), whole), past(), future(48)],
    );
  }

  private async chain(
    { chainId, grantId, refresh }: Family,
    { previous, refreshEnds = future(24) }: Pick<FamilyOptions, 'previous' | 'refreshEnds'>,
  ): Promise<void> {
    await this.query(
      `insert into refresh_chain
(id, grant_id, generation, digest, issued_at, expires_at, previous_used_at, previous_uses, keep_until)
values ($1, $2, 2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[chainId, grantId, refresh.digest, past(), refreshEnds],
        ...[previous?.usedAt ?? null, previous?.uses ?? 0, new Date(refreshEnds.getTime() + 24 * HOUR)],
      ],
    );
  }
}

const past = (): Date => new Date(Date.now() - HOUR);
const future = (hours = 1): Date => new Date(Date.now() + hours * HOUR);
