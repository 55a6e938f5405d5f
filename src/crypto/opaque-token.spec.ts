import { describe, expect, it } from 'vitest';
import { mintToken, readToken } from './opaque-token.js';

const SECRETS = ['the-first-system-secret', 'an-older-system-secret'];
const at = new Date('2026-03-04T05:06:07Z');

describe('opaque tokens', () => {
  it('have the prefix that scanners know and two parts of 43 characters', () => {
    expect(mintToken('access_token', SECRETS, { at, number: 20_000 }).token).toMatch(
      /^ory_at_[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/,
    );
  });

  it('return number, id and digest', () => {
    const { token, ...made } = mintToken('refresh_token', SECRETS, { at, number: 65_535 });
    expect(readToken('refresh_token', SECRETS, token)).toEqual(made);
    expect(made.number).toBe(65_535);
    expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('verify under every listed secret, and under no other', () => {
    const { token } = mintToken('code', ['an-older-system-secret'], { at });
    expect(readToken('code', SECRETS, token)).toBeDefined();
    expect(readToken('code', ['the-first-system-secret'], token)).toBeUndefined();
  });

  it('are bound to their kind, also where two kinds share a prefix', () => {
    const { token } = mintToken('registration_token', SECRETS, { at });
    expect(readToken('access_token', SECRETS, token)).toBeUndefined();
    expect(readToken('code', SECRETS, token.replace('ory_at_', 'ory_ac_'))).toBeUndefined();
  });

  it('are refused when a single character is changed, wherever it stands', () => {
    const { token } = mintToken('access_token', SECRETS, { at });
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      expect(readToken('access_token', SECRETS, token.slice(0, i) + other + token.slice(i + 1))).toBeUndefined();
    }
  });

  it('are refused in another spelling of the same bytes', () => {
    const { token } = mintToken('access_token', SECRETS, { at });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) ?? '');
    const spelled = token.slice(0, -1) + alphabet.charAt((last & ~3) | ((last + 1) & 3));
    expect(Buffer.from(spelled.slice(51), 'base64url')).toEqual(Buffer.from(token.slice(51), 'base64url'));
    expect(readToken('access_token', SECRETS, spelled)).toBeUndefined();
  });

  it.each(['', 'garbage', 'ory_at_nothing.nothing', 'ory_at_', `ory_at_${'A'.repeat(43)}.${'A'.repeat(43)}`])(
    'refuse %j',
    (text) => {
      expect(readToken('access_token', SECRETS, text)).toBeUndefined();
    },
  );
});
