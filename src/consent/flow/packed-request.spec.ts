import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './packed-request.js';

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
const printable = (length: number): string =>
  Array.from(randomBytes(length), (byte) => String.fromCharCode(33 + (byte % 94))).join('');
const BASE = 'https://id.example/oauth2/auth?client_id=shop';
const size = (stored: unknown): number => Buffer.byteLength(JSON.stringify(stored));

/** A request with both parameters in its URL. */
const plain = (state: string, nonce: string) => ({
  requestUrl: `${BASE}&${new URLSearchParams({ state, nonce }).toString()}`,
  state,
  nonce,
});

const WORDS = Array.from({ length: 990 }, () => randomBytes(15).toString('base64url'));
const encoded = (word: string): string => `%${word.charCodeAt(0).toString(16)}${word.slice(1)}`;
const worded = (sent: string) => ({ requestUrl: `${BASE}&scope=${sent}&state=s`, scope: WORDS, state: 's' });
const claimed = () => ({
  requestUrl: `${BASE}&request=ey.${Buffer.from(JSON.stringify({ scope: WORDS.join(' ') })).toString('base64url')}.x`,
  scope: WORDS,
});

function signed(state: string) {
  const claims = Buffer.from(JSON.stringify({ state, max_age: 12345678901234567890n.toString() })).toString(
    'base64url',
  );
  return { requestUrl: `${BASE}&request=${random(30)}.${claims}.${random(256)}`, state };
}

describe('a packed request', () => {
  it.each([
    ['with random letters', plain(random(15_000), random(15_000))],
    ['with quotes and backslashes', plain('"\\'.repeat(10_000), '\\"'.repeat(10_000))],
    ['with quotes that the URL does not encode', { requestUrl: `${BASE}&state=${'"\\'.repeat(20_000)}`, state: 'x' }],
    ['with characters beyond ASCII', plain('é'.repeat(5000), '漢字'.repeat(2000))],
    ['with arbitrary bytes', plain(randomBytes(9000).toString('latin1'), randomBytes(9000).toString('latin1'))],
    ['with a URL of all printable characters', { requestUrl: `${BASE}&x=${printable(50_000)}`, state: '' }],
    ['with a signed request object', signed(random(20_000))],
    ['with a long list of words', worded(WORDS.join('+'))],
    ['with a long list of encoded words', worded(WORDS.map(encoded).join('%20'))],
    ['with a long list that contains each word twice', worded([...WORDS, ...WORDS].join('%20%20'))],
    ['with a long list of words in a signed request object', claimed()],
    ['with a hint', { requestUrl: `${BASE}&id_token_hint=a.${'bm8'.repeat(9000)}%2Ec&state=${random(9000)}` }],
  ])('%s takes at most 1.25 times its own size, and is unpacked unchanged', (_, request) => {
    const stored = pack(request);
    expect(size(stored) / Buffer.from(request.requestUrl, 'latin1').length).toBeLessThanOrEqual(1.25);
    expect(unpack(stored)).toEqual(request);
  });

  it('stays unpacked if it is small', () => {
    const request = plain('a-long-state', 'a-long-nonce');
    expect(pack(request)).toBe(request);
    expect(unpack(request)).toBe(request);
  });

  it.each([
    'request=ey.!!.x',
    'request=ey.bm9=.x',
    'request=.bm9.x',
    'request=ey.bm9',
    'request=ey.QQ.x&request=ey.QR.y',
  ])('is unpacked unchanged with %s, which is no JWT', (odd) => {
    const request = { requestUrl: `${BASE}&${odd}&state=${'x'.repeat(3000)}`, state: '' };
    expect(unpack(pack(request))).toEqual(request);
  });

  it('keeps lists of any kind, and values that only resemble the packed form', () => {
    const requestUrl = `${BASE}&scope=a+b&state=${'x'.repeat(3000)}`;
    const lists = {
      scope: ['a', 'b'],
      none: [],
      one: ['a'],
      blank: ['a b', 'c'],
      empty: ['', ''],
      pairs: [['a', 'b']],
    };
    const request = { requestUrl, ...lists, elsewhere: ['b', 'a'], numbers: [1, 2], index: 3, text: 'a b' };
    expect(unpack(pack(request))).toEqual(request);
  });

  it('keeps integers of any size', () => {
    const request = { requestUrl: BASE, hint: { number: 12345678901234567890n, text: 'x'.repeat(3000) } };
    expect(unpack(pack(request))).toEqual(request);
  });
});
