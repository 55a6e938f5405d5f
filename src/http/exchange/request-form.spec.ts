import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OAuthError } from '../../protocol/oauth-error.js';
import { FormParams } from './form-params.js';
import { parseForm } from './request-form.js';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';

/** Whether the bytes are a form or a refusal that blames the request: there is no other outcome, and parsing always ends. */
async function judged(type: string, bytes: Buffer): Promise<boolean> {
  try {
    return (await parseForm(type, bytes)) instanceof FormParams;
  } catch (error) {
    return error instanceof OAuthError && error.status === 400;
  }
}

const valuesOf = (name: string, pairs: [string, string][]): string[] =>
  pairs.filter(([one]) => one === name).map(([, value]) => value);

describe('any bytes', () => {
  it('are a form or a bad request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => judged(URLENCODED, Buffer.from(bytes))),
      { numRuns: 500 },
    );
  });

  it('are a multipart form or a bad request', async () => {
    const line = fc.constantFrom(
      '--b',
      '--b--',
      '',
      'Content-Disposition: form-data; name="a"',
      'Content-Disposition: form-data',
      'Content-Disposition: form-data; name="a"; filename="f"',
      'Content-Disposition: attachment',
      'Content-Type: text/plain; charset=utf-16',
      'Content-Transfer-Encoding: base64',
      'value',
      '--',
      ': :',
    );
    const body = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\r\n'));
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('', '\r\n', '\n', 'x'), (text, end) =>
        judged(MULTIPART, Buffer.from(text + end)),
      ),
      { numRuns: 1_000 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), (type, text) =>
        judged(`multipart/form-data${type}`, Buffer.from(text)),
      ),
      { numRuns: 500 },
    );
  });

  it('with a part that has no name are a bad request', async () => {
    const form = (head: string): Promise<FormParams> =>
      parseForm(MULTIPART, Buffer.from(`--b\r\nContent-Disposition: ${head}\r\n\r\nx\r\n--b--\r\n`));
    await expect(form('form-data')).rejects.toThrow(OAuthError);
    await expect(form('form-data; nam=a')).rejects.toThrow(OAuthError);
    expect((await form('form-data; name=a')).entries()).toEqual([['a', 'x']]);
  });

  it('are read to the end, however long a skipped part is', async () => {
    for (const head of [
      '',
      'a;',
      'X: 1',
      'Content-Disposition: attachment',
      'Content-Disposition: form-data; name="a',
    ]) {
      const long = `--b\r\n${head}\r\n\r\n${'x'.repeat(200_000)}\r\n`;
      const sent = `${long}--b\r\nContent-Disposition: form-data; name="b"\r\n\r\n1\r\n--b--\r\n`;
      const settled = await parseForm(MULTIPART, Buffer.from(sent)).then(
        (form) => form.first('b'),
        (error: unknown) => error,
      );
      if (settled !== '1') expect(settled).toBeInstanceOf(OAuthError);
    }
  }, 10_000);

  it('are read as sent, where they are a form', async () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (sent) => {
        fc.pre(!JSON.stringify(sent).includes('\\u0000'));
        const text = new URLSearchParams(sent).toString();
        const params = await parseForm(URLENCODED, Buffer.from(text));
        for (const [name] of sent) expect(params.all(name)).toEqual(valuesOf(name, sent));
        expect(params.entries()).toHaveLength(sent.length);
      }),
      { numRuns: 300 },
    );
  });
});
