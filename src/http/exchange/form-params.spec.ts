import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FormParams, MAX_PARAMETERS } from './form-params.js';
import { parseForm } from './request-form.js';

describe('parameters', () => {
  it.each([
    ...['', '&', '=', '&&=&', '?', '??a=b', '?a=b', 'a', 'a=', '=b', 'a=b=c', 'a=1&a=2&b', 'a&a=', '&a=b&'],
    ...['a+b=c+d', '+=+', 'a=%2B+%2b', 'a%3Db=c%26d', 'a=%C3%BC&%F0%9F%98%80=ü', 'a=%EF%BB%BFb', '\ufeffa=b', 'a;b=c'],
    ...['a=%', 'a=%zz&b=%41', '%&+', 'a=%FF', 'a=%C3', 'a=%ED%A0%80', 'a=\ud800', 'a=\ud800%', 'a=%00\u0000', 'a=b#c'],
  ])('of %j are the same as those of URLSearchParams', (text) => {
    expect(FormParams.parse(text).entries()).toEqual([...new URLSearchParams(text)]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', `client_id=a-client-of-the-test&junk=${'x'.repeat(1_000_000)}`],
    [
      'a multipart form',
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="client_id"\r\n\r\na-client-of-the-test\r\n--b--${' '.repeat(1_000_000)}`,
    ],
  ])('of %s can be kept without keeping the whole text', async (_, type, body) => {
    const kept: (string | undefined)[] = [];
    const before = heapUsed();
    for (let i = 0; i < 20; i++) kept.push((await parseForm(type, Buffer.from(body))).first('client_id'));
    expect(heapUsed() - before).toBeLessThan(10_000_000);
    expect(kept).toEqual(Array(20).fill('a-client-of-the-test'));
  });
});

describe('the number of parameters', () => {
  const many = (n: number): string => 'a&'.repeat(n);
  const tooMany = expect.objectContaining({ code: 'invalid_request', status: 400 }) as unknown;

  it('is limited, in a query, a form, and both together', () => {
    expect(FormParams.parse(many(MAX_PARAMETERS)).all('a')).toHaveLength(MAX_PARAMETERS);
    expect(() => FormParams.parse(many(MAX_PARAMETERS + 1))).toThrow(tooMany);
    expect(() => FormParams.parse(many(MAX_PARAMETERS)).merge(FormParams.parse('b'))).toThrow(tooMany);
  });

  it('counts empty ones too, which cost as much', () => {
    expect(() => FormParams.parse('&'.repeat(MAX_PARAMETERS + 1))).toThrow(tooMany);
  });
});

describe('repeated names', () => {
  it('are reported, whatever their values', () => {
    expect(FormParams.parse('a=1&b=2&a=1&c&c=').repeated).toEqual(['a', 'c']);
    expect(FormParams.parse('a=1&b=2').repeated).toEqual([]);
  });

  it('keep their order, and all values of a name are at the place of the first', () => {
    expect(FormParams.parse('a=1&b=2&a=0').entries()).toEqual([
      ['a', '1'],
      ['a', '0'],
      ['b', '2'],
    ]);
  });
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
