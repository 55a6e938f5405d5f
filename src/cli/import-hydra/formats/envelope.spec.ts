import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sealedByHydra as sealed } from '../../../../test/support/hydra-conversion.js';
import { Envelopes } from './envelope.js';

const [NEW, OLD, OTHER] = ['the newest system secret', 'an older system secret', 'a secret of somebody else'];

describe('the envelope of Hydra', () => {
  const envelopes = new Envelopes([NEW, OLD]);

  it('opens under each listed secret, in any order of rows, and tells which it was', () => {
    const values = [NEW, OLD, OLD, NEW, OLD].map((secret, i) => sealed(secret, `{"row":${i}}`));
    expect(values.map((value) => envelopes.open(value))).toEqual(
      [0, 1, 1, 0, 1].map((secret, i) => ({ text: `{"row":${i}}`, secret })),
    );
  });

  it('opens what has letters of any script', () => {
    expect(envelopes.open(sealed(OLD, '{"sub":"Zoë 𝄞"}'))?.text).toBe('{"sub":"Zoë 𝄞"}');
  });

  it('opens values of every length modulo 3, hence with every padding', () => {
    for (const text of ['{}', '{ }', '{  }']) expect(envelopes.open(sealed(NEW, text))?.text).toBe(text);
  });

  it.each(['{"id_token":{}}', ' {"id_token":{}}\n', 'null', '[]'])(
    'leaves %j alone, which was never sealed',
    (text) => {
      expect(envelopes.open(text)).toEqual({ text, secret: undefined });
    },
  );

  it('does not open under a secret that is not listed', () => {
    expect(envelopes.open(sealed(OTHER, '{}'))).toBeUndefined();
    expect(new Envelopes([]).open(sealed(NEW, '{}'))).toBeUndefined();
  });

  it.each([
    ['an empty text', () => ''],
    ['one that is shorter than nonce and tag', () => randomBytes(27).toString('base64url')],
    ['one of nonce and tag alone', () => randomBytes(28).toString('base64url')],
    ['one that was cut', () => sealed(NEW, '{"a":"some text"}').slice(0, -8)],
    ['one that was altered', () => sealed(NEW, '{"a":"some text"}').replace(/^.{20}/, 'A'.repeat(20))],
    ['JSON that was cut', () => '{"id_token":'],
    ['letters that are not base64url', () => '%'.repeat(100)],
  ])('does not open %s', (_, value) => {
    expect(envelopes.open(value())).toBeUndefined();
  });
});
