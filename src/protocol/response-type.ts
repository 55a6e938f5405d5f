import { splitWords } from './scope.js';

/** The words of `response_type` without duplicates, sorted: their order does not matter (RFC 6749 §3.1.1). */
export function parseResponseType(text: string | undefined): string[] {
  return splitWords(text).sort();
}
