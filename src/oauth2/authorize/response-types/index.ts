/** The words of `response_type`, and the combinations that discovery publishes. */
import type { PlainResponseMode } from '../../../protocol/authorization-request.js';
import { code } from './code.js';
import { idToken } from './id-token.js';
import type { ResponseType } from './response-type.js';
import { token } from './token.js';

const RESPONSE_TYPE_WORDS: readonly ResponseType[] = [code, token, idToken];

/** The combinations that Hydra publishes. `code token` is supported too. */
export const RESPONSE_TYPES: readonly string[] = [
  'code',
  'code id_token',
  'id_token',
  'token id_token',
  'token',
  'token id_token code',
];

/** The response types of the words. Unknown words are left out. */
export function responseTypesOf(words: readonly string[]): ResponseType[] {
  return RESPONSE_TYPE_WORDS.filter((type) => words.includes(type.word));
}

/** Whether the words are a non-empty set of known words. */
export function isKnownResponseType(words: readonly string[]): boolean {
  return words.length > 0 && responseTypesOf(words).length === words.length;
}

/** Tokens are not sent in a query by default (Multiple Response Type Encoding Practices §3, §5). */
export function defaultResponseMode(words: readonly string[]): Exclude<PlainResponseMode, 'form_post'> {
  return isKnownResponseType(words) && words.join(' ') !== 'code' ? 'fragment' : 'query';
}
