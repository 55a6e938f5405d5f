import { describe, expect, it } from 'vitest';
import { type DocumentRequest, Documents } from './documents.js';
import type { Outbound, OutboundRequest } from './outbound.js';
import type { OutboundResponse } from './outbound-request.js';

function stage() {
  const ends: (() => void)[] = [];
  const fetched: OutboundRequest[] = [];
  const outbound = {
    fetch: (request: OutboundRequest) => {
      fetched.push(request);
      return new Promise<OutboundResponse>((resolve) => {
        ends.push(() => {
          resolve({ status: 200, headers: {}, text: request.url });
        });
      });
    },
  } as unknown as Outbound;
  const documents = new Documents(outbound);
  const read = (url: string, over: Partial<DocumentRequest> = {}): Promise<OutboundResponse> =>
    documents.read({ url, accept: 'application/jwt', timeoutMs: 1, maxBytes: 1, allowPrivate: false, ...over });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 1_000; i++) {
      await new Promise(setImmediate);
      if (!ends.length) return;
      ends.splice(0).forEach((end) => {
        end();
      });
    }
  };
  return { read, fetched, settle };
}

/** To be called at once, so that a rejection is handled before it counts as unhandled. */
const reasons = async (attempts: Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(attempts)).map((one) =>
    one.status === 'rejected' ? (one.reason as { reason: string }).reason : undefined,
  );

describe('documents of clients', () => {
  it('are fetched once for all simultaneous requests, and again for a later one', async () => {
    const { read, fetched, settle } = stage();
    const all = Array.from({ length: 80 }, () => read('https://app.example/ro'));
    await settle();
    await Promise.all(all);
    expect(fetched).toMatchObject([{ url: 'https://app.example/ro', headers: { accept: 'application/jwt' } }]);
    const later = read('https://app.example/ro');
    await settle();
    await later;
    expect(fetched).toHaveLength(2);
  });

  it('are not shared where one may reach what the other may not', async () => {
    const { read, fetched, settle } = stage();
    void read('https://app.example/ro');
    void read('https://app.example/ro', { allowPrivate: true });
    await settle();
    expect(fetched.map(({ allowPrivate }) => allowPrivate)).toEqual([false, true]);
  });

  it('are fetched few at a time from one domain, and requests beyond the limit are refused', async () => {
    const { read, fetched, settle } = stage();
    const all = reasons(Array.from({ length: 100 }, (_, i) => read(`https://h${i}.app.example/${i}`)));
    await new Promise(setImmediate);
    expect(fetched).toHaveLength(4);
    const other = read('https://other.org/ro');
    await new Promise(setImmediate);
    expect(fetched).toHaveLength(5);
    await settle();
    await other;
    expect((await all).filter((reason) => reason === 'busy')).toHaveLength(64);
  });

  it('are fetched few at a time in all; those of strangers hold up none of the operator', async () => {
    const { read, fetched, settle } = stage();
    const all = reasons(Array.from({ length: 300 }, (_, i) => read(`https://app${i}.example/ro`)));
    await new Promise(setImmediate);
    expect(fetched).toHaveLength(16);
    const own = read('https://partner.example/keys', { allowPrivate: true });
    await new Promise(setImmediate);
    expect(fetched).toHaveLength(17);
    await settle();
    await own;
    expect((await all).filter((reason) => reason === 'busy').length).toBe(300 - 16 - 128);
  });
});
