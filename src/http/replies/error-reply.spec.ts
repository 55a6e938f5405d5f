import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HashingQueueFull } from '../../crypto/secret-hasher-queue.js';
import { DatabaseBusy } from '../../database/database-busy.js';
import { FlowStoreUnavailable } from '../../flow-store/flow-store.js';
import { invalidGrant, temporarilyUnavailable } from '../../protocol/oauth-error.js';
import { errorReply } from './error-reply.js';
import type { Exchange } from '../exchange/exchange.js';

const exchange: Exchange = { method: 'POST', path: '/x', requestId: 'r-1' } as unknown as Exchange;
const logged: unknown[] = [];
beforeEach(() => {
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => logged.push(message));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  logged.length = 0;
});

describe('the reply to an error', () => {
  it('is the error itself where it is a known one, which is not logged', () => {
    const reply = errorReply(invalidGrant('Ask "again".', new Error('internal')), exchange);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatch(/"error":"invalid_grant".*Ask 'again'\./);
    expect(reply.body).not.toContain('internal');
    expect(logged).toEqual([]);
  });

  it('is 503 with Retry-After while a store cannot be reached', () => {
    const database = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    for (const error of [database, new FlowStoreUnavailable(database), temporarilyUnavailable('Busy.')]) {
      const reply = errorReply(error, exchange);
      expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
      expect(reply.body).toContain('"error":"temporarily_unavailable"');
      expect(reply.body).not.toContain('10.0.0.7');
    }
  });

  it('says that the server is overloaded where the database can be reached', () => {
    const reply = errorReply(new DatabaseBusy(), exchange);
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
    expect(reply.body).toContain('more work than it can do');
  });

  it('writes no log line for each secret that the full hashing queue refuses', () => {
    const error = temporarilyUnavailable('Too many.', new HashingQueueFull());
    for (let i = 0; i < 100; i++) expect(errorReply(error, exchange).status).toBe(503);
    expect(logged.length).toBeLessThan(5);
  });

  it('is 500 for any other error, whose cause only the log holds, under the request id', () => {
    const cause = new TypeError('x is not a function');
    for (const thrown of [cause, 'a string', undefined, { some: 'object' }]) {
      const reply = errorReply(thrown, exchange);
      expect(reply.status).toBe(500);
      expect(reply.body).toMatch(/"error":"server_error".*r-1/);
      expect(reply.body).not.toMatch(/function|a string|some/);
    }
    expect(logged[0]).toMatchObject({ request_id: 'r-1', error: cause });
  });

  it('includes the headers of the error', () => {
    const error = invalidGrant().withHeaders({ 'WWW-Authenticate': 'Basic realm="x"' });
    expect(errorReply(error, exchange).headers).toMatchObject({ 'www-authenticate': 'Basic realm="x"' });
  });

  it('contains the cause where the operator configured that', () => {
    const reply = errorReply(invalidGrant(undefined, new Error('the "code" is unknown')), {
      ...exchange,
      exposeInternalErrors: true,
    });
    expect(reply.body).toContain("the 'code' is unknown");
  });
});
