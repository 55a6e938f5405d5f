import { describe, expect, it } from 'vitest';
import { OAuthError } from '../../protocol/oauth-error.js';
import { readBasicCredentials } from './basic-credentials.js';

const header = (text: string | Buffer): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('Basic credentials', () => {
  it.each([
    [header('id:secret'), 'id', 'secret'],
    [header('id:two+words'), 'id', 'two words'],
    [header('a%3Ab:p%2Bq%25:r'), 'a:b', 'p+q%:r'],
    [header('%C3%BC:%C3%A9'), 'ü', 'é'],
    [header('id:'), 'id', ''],
    [header('id:secret').replace('Basic', 'bAsIc'), 'id', 'secret'],
    [header('id:secret').replace(/=+$/, ''), 'id', 'secret'],
  ])('are read from %s', (text, clientId, secret) => {
    expect(readBasicCredentials(text)).toEqual({ clientId, secret });
  });

  it.each([undefined, '', 'Bearer abc', 'BasicX abc', 'Digest a'])('are not there in %j', (text) => {
    expect(readBasicCredentials(text)).toBeUndefined();
  });

  it.each([
    'Basic',
    'Basic ',
    'Basic !!',
    'Basic aWQ6 c2Vj',
    header('no colon'),
    header(':no id'),
    header('a%zz:b'),
    header('a:%E0%A4%A'),
    header(Buffer.from([0x61, 0x3a, 0xff])),
  ])('cannot be read from %j', (text) => {
    expect(() => readBasicCredentials(text)).toThrow(OAuthError);
    expect(() => readBasicCredentials(text)).toThrow(/invalid_request/);
  });
});
