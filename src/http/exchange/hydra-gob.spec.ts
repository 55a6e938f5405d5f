import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gobOf } from '../../../test/support/hydra-cookie.js';
import { readGobStringMap } from './hydra-gob.js';

const SID = 'd4248a55-0a31-49a8-814c-8d2de5c41fe4';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const ascii = (text: string): string => Buffer.from(text).toString('hex');

const DEFINITION = '0d 7f 04 01 02 ff80 00 01 10 01 10 00 00';
const KEY = `06 ${ascii('string')} 0c 05 00 03 ${ascii('sid')}`;
const VALUE = `06 ${ascii('string')} 0c 26 00 24 ${ascii(SID)}`;
const entries = (count: string, ...parts: string[]): string => `ff80 00 ${count} ${parts.join('')}`;
const whole = (value: string): Buffer => {
  const bytes = hex(value);
  return Buffer.concat([hex(DEFINITION), Buffer.of(bytes.length), bytes]);
};

describe('a map of strings in the encoding of Go', () => {
  it('is read', () => {
    expect(readGobStringMap(whole(entries('01', KEY, VALUE)))).toEqual(new Map([['sid', SID]]));
    expect(readGobStringMap(whole(entries('00')))).toEqual(new Map());
  });

  it('is read whatever number its type has', () => {
    const of = (number: string): Buffer =>
      Buffer.concat([hex(`0d 7f 04 01 02 ${number} 00 01 10 01 10 00 00 41 ${number} 00 01`), hex(KEY + VALUE)]);
    expect(readGobStringMap(of('ff82'))).toEqual(new Map([['sid', SID]]));
  });

  it('is read with texts of any length', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 150 }).filter((text) => text.isWellFormed());
    const maps = fc.dictionary(texts, texts, { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(maps, (values) => {
        expect(readGobStringMap(gobOf(values))).toEqual(new Map(Object.entries(values)));
      }),
    );
  });

  const good = entries('01', KEY, VALUE);
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a definition alone', hex(DEFINITION)],
    ['a number that is longer than any length', hex('f8 ffffffffffffffff')],
    ['a length that is not there', hex('fa 7fffffffffff')],
    ['an empty message', hex('00')],
    ['a value without the zero in front', whole(good.replace('ff80 00', 'ff80 01'))],
    ['more entries than it says', whole(entries('00', KEY, VALUE))],
    ['fewer entries than it says', whole(entries('02', KEY, VALUE))],
    ['a great many entries', whole(entries('fa 7fffffffffff', KEY, VALUE))],
    ['a key without a value', whole(entries('01', KEY))],
    ['a key twice', whole(entries('02', KEY, VALUE, KEY, VALUE))],
    ['a value of another type', whole(good.replaceAll(ascii('string'), ascii('struct')))],
    [
      'the name of a string with the number of another type',
      whole(good.replace(`${ascii('string')} 0c`, `${ascii('string')} 04`)),
    ],
    ['a nil', whole(entries('01', KEY, '00'))],
    ['a value with a byte too many', whole(entries('01', KEY, `06 ${ascii('string')} 0c 04 00 01 6162`))],
    ['a text that is not UTF-8', whole(entries('01', KEY, `06 ${ascii('string')} 0c 03 00 01 ff`))],
    ['more after the value', Buffer.concat([whole(good), Buffer.of(0)])],
    ['a second value', Buffer.concat([whole(good), whole(good)])],
  ])('is not read from %s', (_, bytes) => {
    expect(readGobStringMap(bytes)).toBeUndefined();
  });

  it('is not read from a part of it', () => {
    const bytes = whole(good);
    for (let length = 0; length < bytes.length; length++) {
      expect(readGobStringMap(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it('never makes the reader throw, and yields no more text than there are bytes', () => {
    const altered = fc
      .tuple(fc.nat(80), fc.uint8Array({ minLength: 1, maxLength: 8 }))
      .map(([at, bytes]) =>
        Buffer.concat([whole(good).subarray(0, at), bytes, whole(good).subarray(at + bytes.length)]),
      );
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
      altered,
    );
    fc.assert(
      fc.property(any, (bytes) => {
        const text = [...(readGobStringMap(bytes) ?? new Map<string, string>())].flat().join('');
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});
