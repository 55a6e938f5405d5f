import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FormParams } from './form-params.js';
import { parseForm } from './request-form.js';

describe('parameters', () => {
  it.each([
    ...['', '&', '=', '&&=&', '?', '??a=b', '?a=b', 'a', 'a=', '=b', 'a=b=c', 'a=1&a=2&b', 'a&a=', '&a=b&'],
    ...['a+b=c+d', '+=+', 'a=%2B+%2b', 'a%3Db=c%26d', 'a=%C3%BC&%F0%9F%98%80=ü', 'a=%EF%BB%BFb', '\ufeffa=b', 'a;b=c'],
    ...['a=%', 'a=%zz&b=%41', '%&+', 'a=%FF', 'a=%C3', 'a=%ED%A0%80', 'a=\ud800', 'a=\ud800%', 'a=%00\u0000', 'a=b#c'],
  ])('of %j are those that the URL standard reads', (text) => {
    expect(FormParams.parse(text).entries()).toEqual([...new URLSearchParams(text)]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', `client_id=a-client-of-the-test${'&'.repeat(1_000_000)}`],
    ['another', 'application/x-www-form-urlencoded', `client_id=a-client-of-the-test&junk=${'x'.repeat(1_000_000)}`],
    [
      'a multipart form',
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="client_id"\r\n\r\na-client-of-the-test\r\n--b--${' '.repeat(1_000_000)}`,
    ],
  ])('of %s can be kept without the whole of it', async (_, type, body) => {
    const kept: (string | undefined)[] = [];
    const before = heapUsed();
    for (let i = 0; i < 20; i++) kept.push((await parseForm(type, Buffer.from(body))).first('client_id'));
    expect(heapUsed() - before).toBeLessThan(10_000_000);
    expect(kept).toEqual(Array(20).fill('a-client-of-the-test'));
  });
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
