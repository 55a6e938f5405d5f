import { describe, expect, it } from 'vitest';
import { FormParams } from './form-params.js';

describe('parameters', () => {
  it.each([
    ...['', '&', '=', '&&=&', '?', '??a=b', '?a=b', 'a', 'a=', '=b', 'a=b=c', 'a=1&a=2&b', 'a&a=', '&a=b&'],
    ...['a+b=c+d', '+=+', 'a=%2B+%2b', 'a%3Db=c%26d', 'a=%C3%BC&%F0%9F%98%80=ü', 'a=%EF%BB%BFb', '\ufeffa=b', 'a;b=c'],
    ...['a=%', 'a=%zz&b=%41', '%&+', 'a=%FF', 'a=%C3', 'a=%ED%A0%80', 'a=\ud800', 'a=\ud800%', 'a=%00\u0000', 'a=b#c'],
  ])('of %j are those that the URL standard reads', (text) => {
    expect(FormParams.parse(text).entries()).toEqual([...new URLSearchParams(text)]);
  });
});
