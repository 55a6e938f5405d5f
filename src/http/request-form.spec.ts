import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OAuthError } from '../protocol/oauth-error.js';
import { FormParams } from './form-params.js';
import { parseForm } from './request-form.js';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';

/** A form, or a refusal that blames the request: never anything else, and always an end. */
async function judged(type: string, bytes: Buffer): Promise<boolean> {
  try {
    return (await parseForm(type, bytes)) instanceof FormParams;
  } catch (error) {
    return error instanceof OAuthError && error.status === 400;
  }
}

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

  it('are what was sent, where they are a form', async () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (sent) => {
        fc.pre(!JSON.stringify(sent).includes('\\u0000'));
        const text = new URLSearchParams(sent).toString();
        expect((await parseForm(URLENCODED, Buffer.from(text))).entries()).toEqual(sent);
      }),
      { numRuns: 300 },
    );
  });
});
