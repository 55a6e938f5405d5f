/** The words that `response_type` is made of, and the sets of them that discovery publishes. */
import type { ResponseMode } from '../../../protocol/authorization-request.js';
import { splitWords } from '../../../protocol/scope.js';
import { code } from './code.js';
import { idToken } from './id-token.js';
import type { ResponseType } from './response-type.js';
import { token } from './token.js';

export const RESPONSE_TYPE_WORDS: readonly ResponseType[] = [code, token, idToken];

/** As the reference publishes them; `code token` is served too. */
export const RESPONSE_TYPES: readonly string[] = [
  'code',
  'code id_token',
  'id_token',
  'token id_token',
  'token',
  'token id_token code',
];

/** The words of `response_type`, each once, sorted: their order means nothing. */
export function parseResponseType(text: string | undefined): string[] {
  return splitWords(text).sort();
}

/** What the words stand for; a word that stands for nothing is left out. */
export function responseTypesOf(words: readonly string[]): ResponseType[] {
  return RESPONSE_TYPE_WORDS.filter((type) => words.includes(type.word));
}

/** A non-empty set of known words. */
export function isKnownResponseType(words: readonly string[]): boolean {
  return words.length > 0 && responseTypesOf(words).length === words.length;
}

/** Nothing that is a token itself goes into a query by itself (Multiple Response Type Encoding Practices §3, §5). */
export function defaultResponseMode(words: readonly string[]): ResponseMode {
  return isKnownResponseType(words) && words.join(' ') !== 'code' ? 'fragment' : 'query';
}
