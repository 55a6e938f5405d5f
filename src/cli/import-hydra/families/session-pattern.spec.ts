import { describe, expect, it } from 'vitest';
import { readSession } from '../formats/session-data.js';
import { SessionPattern } from './session-pattern.js';
import { SessionReader } from './session-reader.js';

const EXPIRES = '2027-01-17T23:12:46.204Z';

/** A session of client credentials, as Hydra writes it. */
function sessionText(
  over: { iat?: string; expires?: string; extra?: object; claims?: object; more?: object } = {},
): string {
  const { iat = '2026-11-24T23:04:58.302438865Z', expires = EXPIRES, extra = {}, claims = {}, more = {} } = over;
  return JSON.stringify({
    id_token: {
      id_token_claims: {
        iss: 'https://issuer.example',
        sub: '',
        iat,
        auth_time: '0001-01-01T00:00:00Z',
        ext: null,
        ...claims,
      },
      expires_at: { access_token: expires, ...more },
    },
    extra,
    client_id: 'shop',
  });
}

function patternOf(text: string): SessionPattern | undefined {
  const session = readSession(text);
  return session && SessionPattern.of(text, session);
}

describe('the pattern of a session', () => {
  it.each([
    ['another expiry', { expires: '2026-12-23T00:44:02.5Z' }],
    ['another time of issue', { iat: '2025-01-02T03:04:05Z' }],
    ['both, in another zone', { iat: '2025-01-02T03:04:05+01:00', expires: '2026-12-23T00:44:02.538123456-05:30' }],
  ])('tells the session of a text with %s', (_, over) => {
    const text = sessionText(over);
    expect(patternOf(sessionText())?.read(text)).toEqual(readSession(text));
  });

  it.each([
    ['another issuer', sessionText().replace('issuer.example', 'issuer.examples')],
    ['another claim', sessionText({ extra: { role: 'admin' } })],
    ['another end', `${sessionText()} `],
    ['less', sessionText().slice(0, -1)],
    ['an expiry that is none', sessionText({ expires: '0001-01-01T00:00:00Z' })],
    ['an expiry with a quote', sessionText({ expires: '2027-01-17T23:12:46.204Z"' })],
    ['a time of issue that ends the text', sessionText({ iat: '","ext":{"role":"admin"},"x":"' })],
    ['nothing', ''],
  ])('does not tell that of a text with %s', (_, text) => {
    expect(patternOf(sessionText())?.read(text)).toBeUndefined();
  });

  it.each([
    ['has no expiry', sessionText({ expires: undefined }).replace(/"access_token":"[^"]*"/, '"other":1')],
    ['names an expiry twice', sessionText({ extra: { access_token: EXPIRES } })],
    [
      'names the expiry elsewhere',
      sessionText({ extra: { access_token: EXPIRES } }).replace(/"access_token":"[^"]*"/, '"other":1'),
    ],
    ['has the time of issue as a claim', sessionText({ claims: { iat: 1 }, extra: { iat: '2026-11-24T23:04:58Z' } })],
    [
      'has its expiry as text within a claim',
      sessionText({ extra: { note: `"access_token":"${EXPIRES}"` } }).replace(EXPIRES, '1\\u0030'),
    ],
  ])('is not taken from a text that %s', (_, text) => {
    expect(patternOf(text)).toBeUndefined();
  });

  it('keeps the claims and the digits of integers', () => {
    const long = (expires: string): string =>
      sessionText({ expires, extra: { big: 0 } }).replace('"big":0', '"big":12345678901234567890');
    const read = patternOf(long(EXPIRES))?.read(long('2026-12-23T00:44:02Z'));
    expect(read?.session.accessTokenClaims).toEqual({ big: 12345678901234567890n });
  });
});

describe('the reader of sessions', () => {
  const reader = (): SessionReader => new SessionReader({ open: (text) => ({ text, secret: 0 }) });

  it('reads each session of a kind as if it were the only one', () => {
    const texts = [
      ...[EXPIRES, '2026-12-23T00:44:02.538Z', '2028-01-01T00:00:00Z'].map((expires) => sessionText({ expires })),
      ...Array.from({ length: 12 }, (__, i) => sessionText({ extra: { i } })),
      ...[EXPIRES, '2026-12-23T00:44:02.538Z'].map((expires) => sessionText({ expires, extra: { i: 3 } })),
    ];
    const one = reader();
    expect(texts.map((text) => one.read(text, 'shop'))).toEqual(texts.map(readSession));
  });

  it('remembers no more kinds than it can, and mixes none up', () => {
    const one = reader();
    const kinds = Array.from({ length: 1_200 }, (_, i) => `client ${i}`);
    for (const expires of [EXPIRES, '2026-12-23T00:44:02.538Z'])
      for (const kind of kinds) {
        const text = sessionText({ expires, extra: { kind } });
        expect(one.read(text, kind)).toEqual(readSession(text));
      }
  });

  it('says why a text is no session, whatever was read before', () => {
    const one = reader();
    one.read(sessionText(), 'shop');
    expect(one.read('{', 'shop')).toBe(reader().read('{'));
  });
});
