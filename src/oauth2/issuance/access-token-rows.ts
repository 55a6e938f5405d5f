/**
 * The rows of access tokens on the hot paths. Concurrent requests are sent to the database as one statement. No other
 * file uses these statements.
 */
import { Injectable } from '@nestjs/common';
import { NO_CLIENT_KEY } from '../../clients/no-client.js';
import { arrayLiteral } from '../../database/array-literal.js';
import { decided, repeated } from '../../database/decided.js';
import type { MicroBatch, SendBatch } from '../../database/micro-batch.js';
import type { Statement } from '../../database/statements.js';
import { Statements } from '../../database/statements.js';
import type { ProofMark, SenderProof } from '../sender-constraint/sender-proof.js';
import {
  type ActiveTokenRow,
  type BoundTokenRow,
  type EndedTokenRow,
  FIND_STORED,
  findActive,
  findClient,
  findSources,
  INSERT_BOUND,
  INSERT_BOUND_WITHOUT_CLIENT,
  INSERT_WITHOUT_CLIENT,
  INSERT_WITHOUT_GRANT,
  revoke,
  revokeWithChain,
  type SourceTokenRow,
  type TokenClientRow,
  useActive,
  type UsedTokenRow,
} from './access-token.statements.js';

interface NewTokenRow {
  bucket: number;
  id: string;
  digest: Buffer | null;
  clientKey: string;
  clientVersion: number;
  /** Null for the client itself. */
  subject: string | null;
  scope: readonly string[];
  audience: readonly string[];
  session: Buffer | null;
  issuedAt: Date;
  expiresAt: Date;
  proof?: SenderProof;
}

/** What became of a new row. `stale client`: it has changed since it was read. */
type Stored = 'stored' | 'stale client' | 'proof replayed';

/** A bound token that is presented with a proof. */
interface TokenUse {
  id: string;
  proof: SenderProof;
  mark: ProofMark;
}

/** A token of a client that is to be revoked. */
interface TokenToEnd {
  id: string;
  clientKey: string;
  now: Date;
}

@Injectable()
export class AccessTokenRows {
  private readonly inserts: MicroBatch<NewTokenRow, Stored>;
  private readonly boundInserts: MicroBatch<NewTokenRow, Stored>;
  private readonly finds = new Map<number, MicroBatch<string, ActiveTokenRow | undefined>>();
  private readonly uses = new Map<number, MicroBatch<TokenUse, UsedTokenRow | undefined>>();
  private readonly clients = new Map<number, MicroBatch<string, TokenClientRow | undefined>>();
  private readonly ends = new Map<number, MicroBatch<TokenToEnd, EndedTokenRow | undefined>>();

  constructor(private readonly statements: Statements) {
    this.inserts = statements.batch((rows) => this.insertAll(rows));
    this.boundInserts = statements.batch((rows) => this.insertAllBound(INSERT_BOUND, rows));
  }

  /** Stores a token without a grant, and spends the mark of its proof. */
  insert(row: NewTokenRow): Promise<Stored> {
    if (row.clientKey === NO_CLIENT_KEY) return this.insertWithoutClient(row);
    return row.proof ? this.boundInserts.run(row) : this.inserts.run(row);
  }

  /** The row of a token that is active unless it has expired. @param bucket from a verified token */
  find(bucket: number, id: string): Promise<ActiveTokenRow | undefined> {
    return this.batchOf(this.finds, bucket, (ids) => this.findAll<ActiveTokenRow>(findActive(bucket), ids)).run(id);
  }

  /** Such rows, with what an exchange needs to know; one statement for each bucket. @param places from verified tokens */
  async findSources(places: readonly { bucket: number; id: string }[]): Promise<SourceTokenRow[]> {
    const buckets = [...new Set(places.map(({ bucket }) => bucket))];
    const found = buckets.map((bucket) => {
      const ids = places.filter((place) => place.bucket === bucket).map(({ id }) => id);
      return this.statements.run<SourceTokenRow & Record<string, unknown>>(findSources(bucket), [ids]);
    });
    return (await Promise.all(found)).flat();
  }

  /** The same for a token that is presented with a proof, whose mark is spent if the token is bound to it. */
  use(bucket: number, use: TokenUse): Promise<UsedTokenRow | undefined> {
    return this.batchOf(this.uses, bucket, (uses) => this.useAll(useActive(bucket), uses)).run(use);
  }

  /** The client of a token in any state. @param bucket from a verified token */
  async findClient(bucket: number, id: string): Promise<string | undefined> {
    const find = (ids: readonly string[]) => this.findAll<TokenClientRow>(findClient(bucket), ids);
    return (await this.batchOf(this.clients, bucket, find).run(id))?.client_id;
  }

  /** RFC 7009: revokes the token, or the whole grant that it belongs to. Undefined if nothing was revoked. */
  end(bucket: number, token: TokenToEnd): Promise<EndedTokenRow | undefined> {
    return this.batchOf(this.ends, bucket, (tokens) => this.endAll(revoke(bucket), tokens)).run(token);
  }

  /** Revokes the token and its refresh chain, but not its grant. Undefined if nothing was revoked. */
  async endWithChain(bucket: number, { id, clientKey, now }: TokenToEnd): Promise<EndedTokenRow | undefined> {
    const [row] = await this.statements.run<EndedTokenRow>(revokeWithChain(bucket), [id, clientKey, now]);
    return row;
  }

  private async insertWithoutClient(row: NewTokenRow): Promise<Stored> {
    if (row.proof) return (await this.insertAllBound(INSERT_BOUND_WITHOUT_CLIENT, [row]))[0] ?? 'stale client';
    const { bucket, id, digest, subject, scope, audience, session, issuedAt, expiresAt } = row;
    const values = [bucket, id, digest, subject, scope, audience, session, issuedAt, expiresAt];
    return (await this.stored([row], INSERT_WITHOUT_CLIENT, values)).has(id) ? 'stored' : 'stale client';
  }

  private async insertAll(rows: readonly NewTokenRow[]): Promise<Stored[]> {
    const ids = await this.stored(rows, INSERT_WITHOUT_GRANT, columnsOf(rows));
    return rows.map(({ id }) => (ids.has(id) ? 'stored' : 'stale client'));
  }

  /** A row whose fate is unknown after a lost response counts as one with a stale client: its request is tried again. */
  private async insertAllBound(statement: Statement, rows: readonly NewTokenRow[]): Promise<Stored[]> {
    const results = await decided<Map<string, Stored>>({
      send: async () => {
        const made = await this.statements.run<BoundTokenRow>(statement, [...columnsOf(rows), ...proofColumnsOf(rows)]);
        return new Map(made.map((row) => [row.id, fateOf(row)]));
      },
      isDone: (fates) => rows.every(({ id }) => fates.get(id) === 'stored'),
      readBack: async () => {
        const ids = await this.idsOf(FIND_STORED, [rows.map(({ bucket }) => bucket), rows.map(({ id }) => id)]);
        return ids.size > 0 ? new Map([...ids].map((id) => [id, 'stored'])) : undefined;
      },
    });
    return rows.map(({ id }) => results.get(id) ?? 'stale client');
  }

  /** The ids of the rows that the statement stored, even if the response of the database was lost. */
  private stored(rows: readonly NewTokenRow[], statement: Statement, values: unknown[]): Promise<Set<string>> {
    return decided({
      send: () => this.idsOf(statement, values),
      isDone: (ids) => ids.size === rows.length,
      readBack: async () => {
        const ids = await this.idsOf(FIND_STORED, [rows.map(({ bucket }) => bucket), rows.map(({ id }) => id)]);
        return ids.size > 0 ? ids : undefined;
      },
    });
  }

  private async idsOf(statement: Statement, values: unknown[]): Promise<Set<string>> {
    return new Set((await this.statements.run<{ id: string }>(statement, values)).map(({ id }) => id));
  }

  private async useAll(statement: Statement, uses: readonly TokenUse[]): Promise<(UsedTokenRow | undefined)[]> {
    const values = [
      uses.map(({ id }) => id),
      uses.map(({ proof }) => proof.confirmation.bytes),
      ...markColumns(uses.map(({ mark }) => mark)),
    ];
    const rows = await repeated(() => this.statements.run<UsedTokenRow>(statement, values));
    return uses.map(({ mark }) => rows.find(({ claimant }) => claimant === mark.claimant));
  }

  private async findAll<Row extends { id: string }>(
    statement: Statement,
    ids: readonly string[],
  ): Promise<(Row | undefined)[]> {
    const rows = await this.statements.run<Row>(statement, [ids]);
    return ids.map((id) => rows.find((row) => row.id === id));
  }

  private async endAll(statement: Statement, tokens: readonly TokenToEnd[]): Promise<(EndedTokenRow | undefined)[]> {
    const rows = await this.statements.run<EndedTokenRow>(statement, [
      tokens.map(({ id }) => id),
      tokens.map(({ clientKey }) => clientKey),
      tokens.map(({ now }) => now),
    ]);
    return tokens.map(({ id }) => rows.find((row) => row.id === id));
  }

  /** One batch per bucket. There are as many buckets as days and months in which tokens expire. */
  private batchOf<Item, Result>(
    batches: Map<number, MicroBatch<Item, Result>>,
    bucket: number,
    send: SendBatch<Item, Result>,
  ): MicroBatch<Item, Result> {
    let batch = batches.get(bucket);
    if (!batch) {
      batch = this.statements.batch(send);
      batches.set(bucket, batch);
    }
    return batch;
  }
}

/** The parameters of INSERT_WITHOUT_GRANT, in order. */
function columnsOf(rows: readonly NewTokenRow[]): unknown[] {
  return [
    rows.map((row) => row.bucket),
    rows.map((row) => row.id),
    rows.map((row) => row.digest),
    rows.map((row) => row.clientKey),
    rows.map((row) => row.clientVersion),
    rows.map((row) => row.subject),
    rows.map((row) => arrayLiteral(row.scope)),
    rows.map((row) => arrayLiteral(row.audience)),
    rows.map((row) => row.session),
    rows.map((row) => row.issuedAt),
    rows.map((row) => row.expiresAt),
  ];
}

/** The further parameters of INSERT_BOUND. */
function proofColumnsOf(rows: readonly NewTokenRow[]): unknown[] {
  return [rows.map(({ proof }) => proof?.confirmation.bytes), ...markColumns(rows.map(({ proof }) => proof?.mark))];
}

function markColumns(marks: readonly (ProofMark | undefined)[]): unknown[] {
  return [
    marks.map((mark) => mark?.bucket ?? null),
    marks.map((mark) => mark?.digest ?? null),
    marks.map((mark) => mark?.claimant ?? null),
  ];
}

function fateOf({ is_stored: isStored, is_first: isFirst }: BoundTokenRow): Stored {
  if (isStored) return 'stored';
  return isFirst ? 'stale client' : 'proof replayed';
}
