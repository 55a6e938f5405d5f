import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { applyClientPatch } from './client-patch.js';

const document = (): JsonObject => ({
  client_id: 'c',
  client_name: 'name',
  contacts: ['a', 'b'],
  metadata: { plan: 'gold', big: 90071992547409931234567890n },
  skip_logout_consent: null,
});

const refusal = (operations: unknown): OAuthError => {
  try {
    applyClientPatch(document(), operations);
  } catch (error) {
    if (error instanceof OAuthError) return error;
    throw error;
  }
  throw new Error(`not refused: ${JSON.stringify(operations)}`);
};

describe('a client patch', () => {
  it('adds, replaces and removes, in order, and does not change the document it was given', () => {
    const before = document();
    const after = applyClientPatch(before, [
      { op: 'replace', path: '/client_name', value: 'other' },
      { op: 'add', path: '/contacts/-', value: 'c' },
      { op: 'add', path: '/contacts/0', value: 'z' },
      { op: 'replace', path: '/contacts/1', value: 'A' },
      { op: 'remove', path: '/contacts/2' },
      { op: 'remove', path: '/metadata/plan' },
      { op: 'add', path: '/metadata/a~1b~0', value: { deep: [1] } },
    ]);
    expect(after).toEqual({
      ...before,
      client_name: 'other',
      contacts: ['z', 'A', 'c'],
      metadata: { big: 90071992547409931234567890n, 'a/b~': { deep: [1] } },
    });
    expect(before).toEqual(document());
  });

  it('treats replace of a member that was never set as add', () => {
    const after = applyClientPatch(document(), [
      { op: 'replace', path: '/jwks_uri', value: 'https://a.example' },
      { op: 'replace', path: '/metadata/new', value: 1 },
    ]);
    expect(after).toMatchObject({ jwks_uri: 'https://a.example', metadata: { new: 1 } });
  });

  it('creates missing parents of an added member', () => {
    const after = applyClientPatch(document(), [
      { op: 'add', path: '/metadata/x/y', value: 1 },
      { op: 'add', path: '/request_uris/-', value: 'u' },
      { op: 'replace', path: '/jwks/keys', value: [] },
    ]);
    expect(after).toMatchObject({ metadata: { x: { y: 1 } }, request_uris: ['u'], jwks: { keys: [] } });
  });

  it.each([
    [{ op: 'remove', path: '/nope' }],
    [{ op: 'remove', path: '/client_secret' }],
    [{ op: 'remove', path: '/contacts/2' }],
    [{ op: 'remove', path: '/contacts/-' }],
    [{ op: 'remove', path: '/contacts/length' }],
    [{ op: 'replace', path: '/contacts/2', value: 'x' }],
    [{ op: 'replace', path: '/contacts/-', value: 'x' }],
    [{ op: 'replace', path: '/contacts/01', value: 'x' }],
    [{ op: 'add', path: '/contacts/3', value: 'x' }],
    [{ op: 'add', path: '/contacts/x', value: 'x' }],
    [{ op: 'add', path: '/client_name/0', value: 'x' }],
    [{ op: 'add', path: '/client_name/a/b', value: 'x' }],
    [{ op: 'explode', path: '/owner' }],
    [{ op: 'move', from: '/contacts', path: '/request_uris' }],
    [{ op: 'copy', from: '/contacts', path: '/request_uris' }],
    [{ op: 'test', path: '/client_name', value: 'name' }],
    [{ op: 'add', path: '/owner' }],
    [{ op: 'add', path: 'owner', value: 'x' }],
    [{ op: 'replace', path: '', value: {} }],
    [{ op: 'add', value: 'x' }],
    ['text'],
    [null],
  ])('refuses %j with 400 and names the operation', (operation) => {
    const error = refusal([{ op: 'replace', path: '/owner', value: 'o' }, operation]);
    expect([error.status, error.hint]).toEqual([400, expect.stringContaining('Operation 2')]);
  });

  it('leads no deeper than JSON in a body may be nested', () => {
    const path = (steps: number): string => `/metadata${'/a'.repeat(steps - 1)}`;
    expect(applyClientPatch(document(), [{ op: 'add', path: path(100), value: 1 }])).toHaveProperty('metadata.a');
    expect(refusal([{ op: 'add', path: path(101), value: 1 }])).toMatchObject({ status: 400 });
  });

  it.each(['/client_id', '/Client_ID', '/id', '/rotated_secrets', '/RotatedSecrets', '/client_id/x'])(
    'never touches %s',
    (path) => {
      for (const op of ['add', 'replace', 'remove']) expect(refusal([{ op, path, value: 'x' }]).status).toBe(400);
    },
  );

  it.each(['/__proto__/x', '/metadata/constructor/prototype/x', '/metadata/toString/x', '/metadata/__proto__'])(
    'does not lead out of the document by %s',
    (path) => {
      try {
        applyClientPatch(document(), [{ op: 'add', path, value: 'polluted' }]);
      } catch (error) {
        expect(error).toBeInstanceOf(OAuthError);
      }
      expect(Object.hasOwn(Reflect.get(Object.prototype, 'toString') as object, 'x')).toBe(false);
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    },
  );

  it.each([['{}'], [{ op: 'replace' }], [null], [7]])('is an array, not %j', (operations) => {
    expect(refusal(operations).status).toBe(400);
  });
});
