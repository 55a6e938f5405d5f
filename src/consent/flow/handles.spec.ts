import { describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import { type HandleKind, Handles, newFlowId } from './handles.js';

const KINDS: HandleKind[] = [
  'login_challenge',
  'login_verifier',
  'consent_challenge',
  'consent_verifier',
  'logout_challenge',
  'logout_verifier',
  'device_challenge',
  'device_verifier',
];
const withSecrets = (...system: string[]): Handles =>
  new Handles(new ConfigHolder({ secrets: { system, cookie: [], pagination: [] } } as unknown as Configuration));

describe('Handles', () => {
  const handles = withSecrets('a-system-secret-of-the-test');

  it('makes handles of 43 characters that need no escaping in a URL, and reads the flow id from them', () => {
    const id = newFlowId();
    for (const kind of KINDS) {
      const handle = handles.make(kind, id);
      expect(handle).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(handles.read(kind, handle)).toBe(id);
    }
  });

  it('makes the same handle again for the same flow', () => {
    const id = newFlowId();
    expect(handles.make('login_verifier', id)).toBe(handles.make('login_verifier', id));
  });

  it('accepts a handle as one kind only: no challenge is a verifier, nor a handle of another step', () => {
    const id = newFlowId();
    for (const made of KINDS) {
      const readable = KINDS.filter((kind) => handles.read(kind, handles.make(made, id)) !== undefined);
      expect(readable).toEqual([made]);
    }
  });

  it('refuses a handle in which any one bit was changed', () => {
    const bytes = Buffer.from(handles.make('login_challenge', newFlowId()), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(handles.read('login_challenge', altered.toString('base64url'))).toBeUndefined();
    }
  });

  it('refuses another encoding of the same bytes', () => {
    const handle = handles.make('login_challenge', newFlowId());
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(handle.slice(-1));
    for (const spare of [1, 2, 3]) {
      expect(handles.read('login_challenge', handle.slice(0, -1) + alphabet.charAt(last + spare))).toBeUndefined();
    }
  });

  it('refuses arbitrary text', () => {
    for (const text of ['', 'nope', 'x'.repeat(43), 'x'.repeat(400), '../../etc', "'; drop table flow; --", '\u0000']) {
      expect(handles.read('login_challenge', text)).toBeUndefined();
    }
  });

  it('reads handles of every configured secret, and makes them with the first', () => {
    const id = newFlowId();
    const old = handles.make('consent_verifier', id);
    const rotated = withSecrets('a-newer-secret-of-the-test', 'a-system-secret-of-the-test');
    expect(rotated.read('consent_verifier', old)).toBe(id);
    expect(rotated.make('consent_verifier', id)).not.toBe(old);
    expect(withSecrets('a-newer-secret-of-the-test').read('consent_verifier', old)).toBeUndefined();
  });
});
