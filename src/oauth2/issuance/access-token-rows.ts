/**
 * The rows of access tokens on the hot paths: requests that come together go to the database together, as one statement.
 * The only user of their statements.
 */
import { Injectable } from '@nestjs/common';
import { arrayLiteral } from '../../database/array-literal.js';
import { MicroBatch } from '../../database/micro-batch.js';
import type { Statement } from '../../database/statements.js';
import { Statements } from '../../database/statements.js';
import {
  type ActiveTokenRow,
  type EndedTokenRow,
  findActive,
  INSERT_WITHOUT_GRANT,
  revoke,
  revokeWithChain,
} from './access-token.statements.js';

export interface NewTokenRow {
  bucket: number;
  id: string;
  digest: Buffer | null;
  clientKey: string;
  clientVersion: number;
  /** Null: the client itself. */
  subject: string | null;
  scope: readonly string[];
  audience: readonly string[];
  session: Buffer | null;
  issuedAt: Date;
  expiresAt: Date;
}

/** A token of a client that is to end. */
export interface TokenToEnd {
  id: string;
  clientKey: string;
  now: Date;
}

@Injectable()
export class AccessTokenRows {
  private readonly inserts = new MicroBatch<NewTokenRow, boolean>((rows) => this.insertAll(rows));
  private readonly finds = new Map<number, MicroBatch<string, ActiveTokenRow | undefined>>();
  private readonly ends = new Map<number, MicroBatch<TokenToEnd, EndedTokenRow | undefined>>();

  constructor(private readonly statements: Statements) {}

  /** Stores a token without a grant. False where the client is no longer the one that was read. */
  insert(row: NewTokenRow): Promise<boolean> {
    return this.inserts.run(row);
  }

  /** The row of a token that nothing but its expiry can make inactive. @param bucket out of a verified token */
  find(bucket: number, id: string): Promise<ActiveTokenRow | undefined> {
    return batchOf(this.finds, bucket, (ids) => this.findAll(findActive(bucket), ids)).run(id);
  }

  /** RFC 7009: ends the token, or the whole grant that it hangs on. Undefined where nothing ended by it. */
  end(bucket: number, token: TokenToEnd): Promise<EndedTokenRow | undefined> {
    return batchOf(this.ends, bucket, (tokens) => this.endAll(revoke(bucket), tokens)).run(token);
  }

  /** Ends the token and the refresh chain that it came with; its grant lives on. Undefined where nothing ended by it. */
  async endWithChain(bucket: number, { id, clientKey, now }: TokenToEnd): Promise<EndedTokenRow | undefined> {
    const [row] = await this.statements.run<EndedTokenRow>(revokeWithChain(bucket), [id, clientKey, now]);
    return row;
  }

  private async insertAll(rows: readonly NewTokenRow[]): Promise<boolean[]> {
    const stored = await this.statements.run<{ id: string }>(INSERT_WITHOUT_GRANT, [
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
    ]);
    const ids = new Set(stored.map(({ id }) => id));
    return rows.map(({ id }) => ids.has(id));
  }

  private async findAll(statement: Statement, ids: readonly string[]): Promise<(ActiveTokenRow | undefined)[]> {
    const rows = await this.statements.run<ActiveTokenRow>(statement, [ids]);
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
}

/** There are as many buckets as days and months that tokens expire in. */
function batchOf<Item, Result>(
  batches: Map<number, MicroBatch<Item, Result>>,
  bucket: number,
  send: (items: readonly Item[]) => Promise<readonly Result[]>,
): MicroBatch<Item, Result> {
  let batch = batches.get(bucket);
  if (!batch) {
    batch = new MicroBatch(send);
    batches.set(bucket, batch);
  }
  return batch;
}
