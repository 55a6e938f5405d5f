/**
 * Packs the request of a stranger, which the flow store holds before anybody has logged in. The URL of a request and the
 * parameters read from it repeat each other, so compression removes the copy. Small requests are stored unpacked.
 *
 * Only the request is compressed: the length of a stored value must not reveal anything about the person (CRIME).
 */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { parseJson, stringifyJson } from '../../protocol/json.js';
import { packWords, type PackedWords, unpackWords } from './packed-words.js';

/** For shorter texts the saved memory is not worth the time. */
const MIN_CHARACTERS = 2048;
/** Far more than any request may have; the packed text is encrypted, so only this server can have written it. */
const MAX_BYTES = 64 * 2 ** 20;
/** The fastest options that find repetitions within a whole request. */
const OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 18 } };
/** The claims of a JWT are stored decoded: base64url would hide the repetition from the compression. */
const CLAIMS_OF_JWT = /([?&](?:request|id_token_hint)=[\w-]+(?:\.|%2[Ee]))([\w-]+)/;

/** The request itself, or its packed form. */
export type Packed<T> = T | { packed: string };

export function pack<T extends { requestUrl: string }>(request: T): Packed<T> {
  const words = packWords(request, request.requestUrl);
  const rest = Object.fromEntries(Object.entries(request).filter(([name]) => !Object.hasOwn(words, name)));
  const text = stringifyJson([{ ...rest, requestUrl: unfolded(request.requestUrl) }, words]);
  if (text.length < MIN_CHARACTERS) return request;
  const encoding = isLatin1(text) ? 'latin1' : 'utf8';
  const packed = brotliCompressSync(Buffer.from(text, encoding), OPTIONS).toString('base64');
  return { packed: `${encoding} ${packed}` };
}

export function unpack<T extends { requestUrl: string }>(stored: Packed<T>): T {
  if (!('packed' in stored)) return stored;
  const [encoding = '', packed = ''] = stored.packed.split(' ');
  const bytes = brotliDecompressSync(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_BYTES });
  const [request, words] = parseJson(bytes.toString(encoding === 'latin1' ? 'latin1' : 'utf8')) as unknown as [
    T,
    PackedWords,
  ];
  const requestUrl = folded(request.requestUrl as unknown as string[]);
  return { ...request, ...unpackWords(words, requestUrl), requestUrl };
}

/** The URL in groups of four parts: the third is the decoded claims, or the fourth the encoded ones if decoding fails. */
function unfolded(url: string): string[] {
  return url.split(CLAIMS_OF_JWT).flatMap((part, index) => {
    if (index % 3 !== 2) return [part];
    const text = Buffer.from(part, 'base64url').toString();
    return Buffer.from(text).toString('base64url') === part ? [text, ''] : ['', part];
  });
}

function folded(parts: readonly string[]): string {
  return parts.map((part, index) => (index % 4 === 2 ? Buffer.from(part).toString('base64url') : part)).join('');
}

const isLatin1 = (text: string): boolean => !/[^\u0000-\u00ff]/.test(text);
