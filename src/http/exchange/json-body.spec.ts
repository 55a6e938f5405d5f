import { describe, expect, it } from 'vitest';
import type { Exchange } from './exchange.js';
import { JsonBody } from './json-body.js';

const LIMIT = 200_000;
const read = (text: string): Promise<unknown> =>
  new JsonBody({ text: () => Promise.resolve(text) } as unknown as Exchange, LIMIT).read();
const tooMany = expect.objectContaining({
  hint: expect.stringContaining('more than 2000 values') as unknown,
}) as unknown;

describe('the number of values in a JSON body', () => {
  it.each([
    JSON.stringify(Array(1_999).fill(0)),
    JSON.stringify(Object.fromEntries(Array.from({ length: 1_999 }, (_, i) => [i, null]))),
  ])('may be one for every hundred bytes of the limit', async (text) => {
    await expect(read(text)).resolves.toEqual(JSON.parse(text));
  });

  it.each([
    JSON.stringify(Array(2_000).fill(0)),
    JSON.stringify(Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [i, null]))),
    JSON.stringify(Array(1_000).fill([{}])),
  ])('is limited, however they are nested', async (text) => {
    await expect(read(text)).rejects.toThrow(tooMany);
  });
});
