import { describe, expect, it } from 'vitest';
import type { ConfigHolder } from '../config/config-holder.js';
import { type BatchLimits, MicroBatch, type SendBatch } from '../database/micro-batch.js';
import type { Statements } from '../database/statements.js';
import { DatabaseLoad } from '../database/waiting-queue.js';
import type { Invalidation } from '../invalidation/invalidation.js';
import { RegisteredOrigins } from './registered-origins.js';

const SPA = 'https://spa.example';

/** The service over a table that holds one origin; `asked` are the patterns of each statement. */
function room() {
  const asked: string[][] = [];
  let clientChanged = (): void => undefined;
  const statements = {
    batch: (send: SendBatch<string, boolean>, limits: BatchLimits) =>
      new MicroBatch(send, new DatabaseLoad(() => 0), limits),
    run: (_: unknown, [patterns]: [string[]]) => {
      asked.push(patterns);
      return Promise.resolve(patterns.filter((pattern) => pattern === SPA).map((pattern) => ({ pattern })));
    },
  } as unknown as Statements;
  const config = { current: { feature_flags: {} } } as ConfigHolder;
  const invalidation = {
    subscribe: (_: string, listener: () => void) => {
      clientChanged = listener;
    },
  } as unknown as Invalidation;
  const origins = new RegisteredOrigins(statements, config, invalidation);
  return {
    asked,
    origins,
    changeClient: () => {
      clientChanged();
    },
  };
}

describe('whether some client registered an origin', () => {
  it('is asked for together by those who wait, one statement at a time', async () => {
    const { asked, origins } = room();
    const strangers = Array.from({ length: 150 }, (_, i) => `https://x${i}.evil.example`);
    const answers = await Promise.all([...strangers, SPA].map((origin) => origins.has(origin)));
    expect(answers.map((known, i) => known && i)).toEqual([...strangers.map(() => false), strangers.length]);
    expect(asked).toHaveLength(3); // the first alone, then a hundred, then the rest
  });

  it('is cached where one did, until a client changes, and never where none did', async () => {
    const { asked, origins, changeClient } = room();
    for (let i = 0; i < 2; i++) expect(await origins.has(SPA)).toBe(true);
    expect(asked).toHaveLength(1);
    changeClient();
    expect(await origins.has(SPA)).toBe(true);
    expect(asked).toHaveLength(2);
    for (let i = 0; i < 2; i++) expect(await origins.has('https://evil.example')).toBe(false);
    expect(asked).toHaveLength(4);
  });
});
