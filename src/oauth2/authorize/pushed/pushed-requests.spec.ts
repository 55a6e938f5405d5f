import { beforeEach, describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { ConfigHolder } from '../../../config/config-holder.js';
import type { FlowRecord, Flows, NewRecord } from '../../../flow-store/flows.js';
import type { AuthorizationRequest } from '../../../protocol/authorization-request.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { PushedRequests } from './pushed-requests.js';
import { handleOf, namesPushedRequest, newHandle, requestUriOf } from './request-uris.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const REQUEST = {
  clientId: 'shop',
  requestUrl: 'https://id.example/oauth2/auth?client_id=shop',
} as AuthorizationRequest;
const shop = { key: '1', isOf: (key: string) => key === '1' } as unknown as RegisteredClient;
const config = {
  current: { ttl: { pushed_authorization_request: 60.9, login_consent_request: 1800 } },
} as ConfigHolder;

/** Records of two processes that share a store: the second one remembers nothing. */
class SharedRecords {
  readonly records = new Map<string, FlowRecord<unknown>>();
  readonly lives: NewRecord['life'][] = [];

  flows(remembers: boolean): Flows {
    return {
      put: (_kind: string, handle: string, data: unknown, life: NewRecord['life']) => {
        this.lives.push(life);
        this.records.set(handle, { data, version: 1, expiresAt: life.expiresAt });
        return Promise.resolve();
      },
      get: (_kind: string, handle: string) => Promise.resolve(this.records.get(handle)),
      recall: (_kind: string, handle: string) => {
        const record = this.records.get(handle);
        return remembers && record ? { record, ageMs: 0 } : undefined;
      },
      transition: (_kind: string, handle: string, { from, to }: { from: FlowRecord<unknown>; to: unknown }) => {
        if (this.records.get(handle)?.version !== from.version) return Promise.resolve(false);
        this.records.set(handle, { ...from, data: to, version: from.version + 1 });
        return Promise.resolve(true);
      },
    } as unknown as Flows;
  }
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof OAuthError ? error.code : error),
  );

describe('a pushed request', () => {
  let shared: SharedRecords;
  let pushed: PushedRequests;
  let other: PushedRequests;
  const handle = newHandle();
  const uri = requestUriOf(handle);

  beforeEach(async () => {
    shared = new SharedRecords();
    [pushed, other] = [new PushedRequests(shared.flows(true), config), new PushedRequests(shared.flows(false), config)];
    expect(await pushed.keep(handle, REQUEST, shop, NOW)).toBe(60);
  });

  const visit = async (by = pushed) => {
    const { pushed: use } = await by.visit(uri, shop, later(1));
    return use ?? expect.fail('The visit has no use.');
  };

  it('is kept as long as a flow that begins with it in the last moment', () => {
    expect(shared.lives).toEqual([{ now: NOW, expiresAt: later(60_000 + 1_800_000) }]);
  });

  it('can be visited again and again until it expires, each visit being one of its own', async () => {
    const [one, two] = [await visit(), await visit(other)];
    expect(one.handle).toBe(handle);
    expect(one.visit).not.toBe(two.visit);
    expect(await pushed.visit(uri, shop, later(59_999))).toMatchObject(REQUEST);
  });

  it.each([
    ['expired', uri, shop, later(60_000)],
    ['of another client', uri, { key: '2', isOf: (key: string) => key === '2' } as unknown as RegisteredClient, NOW],
    ['unknown', requestUriOf(newHandle()), shop, NOW],
    ['longer', `${uri}x`, shop, NOW],
    ['shorter', uri.slice(0, -1), shop, NOW],
    ['empty', requestUriOf(''), shop, NOW],
  ])('that is %s is refused with the same error', async (_, asked, client, at) => {
    for (const process of [pushed, other])
      expect(await codeOf(process.visit(asked, client, at))).toBe('invalid_request_uri');
  });

  it('is spent by the first response, which the same visit may repeat', async () => {
    const [first, second] = [await visit(), await visit(other)];
    await other.spend(first);
    await pushed.spend(first);
    for (const process of [pushed, other]) {
      expect(await codeOf(process.spend(second))).toBe('invalid_request_uri');
      expect(await codeOf(process.visit(uri, shop, later(2)))).toBe('invalid_request_uri');
    }
  });

  it('gives one response to two visits at the same moment', async () => {
    const uses = [await visit(), await visit(other)];
    const codes = await Promise.all(uses.map((use, i) => codeOf((i ? other : pushed).spend(use))));
    expect(codes.sort()).toEqual(['invalid_request_uri', undefined]);
  });

  it('that the store lost gives no response', async () => {
    const use = await visit();
    shared.records.clear();
    expect(await codeOf(pushed.spend(use))).toBe('invalid_request_uri');
  });

  it('leaves nothing of the request behind when it is spent', async () => {
    await pushed.spend(await visit());
    expect(Object.keys(shared.records.get(handle)?.data as object)).toEqual(['spentBy']);
  });
});

describe('a request_uri', () => {
  it('names a pushed request by its URN, and a document otherwise', () => {
    expect(namesPushedRequest(requestUriOf('x'))).toBe(true);
    expect(namesPushedRequest('https://app.example/object')).toBe(false);
    expect(namesPushedRequest(undefined)).toBe(false);
  });

  it('has a handle of 43 characters', () => {
    expect(handleOf(requestUriOf(newHandle()))).toMatch(/^[\w-]{43}$/);
    expect(handleOf(requestUriOf('a'.repeat(42)))).toBeUndefined();
  });
});
