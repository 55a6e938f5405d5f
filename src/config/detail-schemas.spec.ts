import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailCheck, readDetailSchema } from './detail-schemas.js';
import type { JsonObject, JsonValue } from '../protocol/json.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The check of this schema. */
function compiled(schema: JsonValue | string) {
  const file = join(folder, 'schema.json');
  writeFileSync(file, typeof schema === 'string' ? schema : JSON.stringify(schema));
  return detailCheck(readDetailSchema(file));
}

describe('a schema of a type of authorization details', () => {
  const check = (schema: JsonObject, member: JsonValue) =>
    compiled({ properties: { type: {}, ...schema }, required: Object.keys(schema), additionalProperties: false })({
      type: 'payment',
      ...(member === null ? {} : { it: member }),
    });

  it.each<[string, JsonObject, JsonValue, string | undefined]>([
    ['takes what satisfies it', { type: 'string' }, 'a', undefined],
    ['names the place', { type: 'string' }, 7, "at '/it' it must be string"],
    ['demands members', { type: 'string' }, null, 'it must have required property'],
    ['compares big integers', { type: 'integer', maximum: 5 }, 123456789012345678901234n, 'it must be <= 5'],
    ['takes big integers', { type: 'integer', minimum: 5 }, 123456789012345678901234n, undefined],
    ['does not round into a maximum', { maximum: 2 ** 53 }, 2n ** 53n + 1n, 'it must be <='],
    ['does not round into a minimum', { minimum: 2 ** 53 + 4 }, 2n ** 53n + 3n, 'it must be >='],
    ['does not round into a negative minimum', { minimum: -(2 ** 53) }, -(2n ** 53n) - 1n, 'it must be >='],
    ['does not round into a listed number', { enum: [2 ** 60] }, 2n ** 60n + 1n, 'must be equal to one of'],
    ['takes a listed big integer', { enum: [2 ** 60] }, 2n ** 60n, undefined],
    ['refuses what no double reaches', { type: 'integer' }, 10n ** 400n, 'it must be integer'],
    ['checks patterns', { pattern: '^[A-Z]{2}\\d{2}$' }, 'DE40', undefined],
    ['refuses by patterns', { pattern: '^[A-Z]{2}\\d{2}$' }, 'DE4', "at '/it' it must match pattern"],
    ['finds a pattern within a text, unless it is anchored', { pattern: 'b' }, 'abc', undefined],
    ['checks formats', { type: 'string', format: 'date' }, '2026-02-30', 'it must match format'],
    ['takes a list without repetition', { uniqueItems: true }, [{ a: 1 }, { a: 2 }], undefined],
    [
      'refuses repetition in another order',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      "at '/it'",
    ],
    ['allows repetition', { uniqueItems: false }, [1, 1], undefined],
  ])('%s', (_, schema, member, lack) => {
    const found = check({ it: schema }, member);
    if (lack === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(lack);
  });

  it('tells several patterns apart', () => {
    const both = compiled({ properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } });
    expect([both({ a: 'a', b: 'b' }), both({ a: 'b', b: 'b' }), both({ a: 'a', b: 'a' })]).toEqual([
      undefined,
      expect.stringContaining("at '/a'"),
      expect.stringContaining("at '/b'"),
    ]);
  });

  it('repeats no name that a stranger chose', () => {
    const names = compiled({ additionalProperties: { type: 'object', additionalProperties: { type: 'string' } } });
    expect(names({ 'a secret': { x: 1 } })).toBe('does not satisfy the schema of its type: it must be string.');
  });

  it('takes no name of the prototype of objects for a member', () => {
    const named = compiled({ properties: { constructor: { type: 'string' } } });
    expect([named({}), named({ constructor: 1 })]).toEqual([undefined, expect.stringContaining('it must be string')]);
    expect(compiled({ required: ['toString'] })({})).toContain('it must have required property');
    expect(compiled({ dependentRequired: { valueOf: ['a'] } })({})).toBeUndefined();
  });

  it.each(['{"constructor": 1}', '{"__proto__": 1}', '{"list": [{"toString": 1}]}', '{"other": 1}'])(
    'lets %s not pass as a member that a condition allows',
    (text) => {
      const unevaluatedProperties = false;
      const one: JsonObject = { anyOf: [{ properties: { b: true }, required: ['b'] }, {}], unevaluatedProperties };
      const check = compiled({ ...one, properties: { list: { items: one } } });
      expect(check(JSON.parse(text) as JsonObject)).toContain('does not satisfy the schema of its type');
      expect(check({ b: 1, list: [{ b: 2 }] })).toBeUndefined();
    },
  );

  it('may be of draft 7', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#';
    const old = compiled({ $schema, definitions: { a: { const: 1 } }, properties: { x: { $ref: '#/definitions/a' } } });
    expect([old({ x: 1 }), old({ x: 2 })]).toEqual([undefined, expect.stringContaining('must be equal to constant')]);
  });
});

/** n definitions, each of which refers twice to the next one. */
function multiplying(n: number): JsonObject {
  const both = (i: number): JsonObject => ({ allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] });
  const entries = Array.from({ length: n }, (_, i): [string, JsonObject] => [`d${i}`, both(i)]);
  return { $defs: { ...Object.fromEntries(entries), [`d${n}`]: { type: 'object' } }, $ref: '#/$defs/d0' };
}

describe('a schema is refused', () => {
  it.each<[string, JsonValue | string, string]>([
    ['that is no JSON', '{', 'it is no JSON'],
    ['that is no object', '[]', 'it must be a JSON object'],
    ['that is no schema', { type: 'objekt' }, 'schema is invalid'],
    ['with a keyword that does not exist', { propertys: {} }, 'unknown keyword'],
    ['with a format that does not exist', { format: 'colour' }, 'unknown format'],
    ['with a reference elsewhere', { $ref: 'https://a.example/b' }, 'its references must name a part of the same file'],
    ['with a reference to nothing', { $ref: '#/$defs/a' }, 'its references must name a part of the same file'],
    ['with an anchor', { $defs: { a: { $anchor: 'b' } }, $ref: '#b' }, 'its references must name a part'],
    ['with another base inside', { properties: { a: { $id: 'b', type: 'object' } } }, 'only the whole schema may have'],
    ['that refers to itself', { properties: { a: { $ref: '#' } } }, 'must not lead back to themselves'],
    ['with a circle', { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, 'back to'],
    ['with a dynamic reference', { $dynamicRef: '#' }, 'must not lead back to themselves'],
    ['whose references multiply', multiplying(40), 'multiply to more than'],
    ['that is asynchronous', { $async: true, properties: { a: { type: 'string' } } }, "it must not be '$async'"],
    ['with look-ahead', { pattern: '(?=a)' }, '(?='],
    ['with a back reference', { pattern: '(a)\\1' }, 'invalid escape sequence'],
    ['with a huge repetition', { pattern: '((a{1,30}){1,30}){1,30}' }, 'repe'],
    ['with a bad name pattern', { patternProperties: { '(?<=a)b': {} } }, '(?<='],
  ])('%s', (_, schema, why) => {
    expect(() => compiled(schema)).toThrow(why);
  });

  it('that does not exist', () => {
    expect(() => readDetailSchema(join(folder, 'missing.json'))).toThrow('there is no such file');
  });

  it('but one whose references multiply a little is not', () => {
    expect(compiled(multiplying(5))({})).toBeUndefined();
  });
});
