/**
 * Lists of words in a packed request. They must take almost no memory beside the URL that they were read from, but a list of
 * single words repeats the URL in pieces that are too short for the compression to find.
 */
import { splitWords } from '../../protocol/scope.js';

/** By the name of the member: the index of the URL parameter that has the same words, or the words themselves. */
export type PackedWords = Record<string, number | string>;

/** The members that can be packed so. All other members, and lists that would not be restored exactly, are left out. */
export function packWords(members: object, url: string): PackedWords {
  const lists = Object.entries(members).filter((member): member is [string, string[]] => isWords(member[1]));
  if (lists.length === 0) return {};
  const sent = wordsIn(url);
  return Object.fromEntries(
    lists.map(([name, list]) => {
      const place = sent.findIndex((words) => isSame(words, list));
      return [name, place < 0 ? list.join(' ') : place];
    }),
  );
}

export function unpackWords(packed: PackedWords, url: string): Record<string, string[]> {
  const places = Object.values(packed).some((one) => typeof one === 'number');
  const sent = places ? wordsIn(url) : [];
  const lists = Object.entries(packed).map(([name, one]): [string, string[]] => [
    name,
    typeof one === 'number' ? (sent[one] ?? []) : one.split(' '),
  ]);
  return Object.fromEntries(lists);
}

/** The words of each URL parameter. */
function wordsIn(url: string): string[][] {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return [...query.values()].map(splitWords);
}

function isWords(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 1 && value.every((one) => typeof one === 'string' && /^[^ ]+$/.test(one))
  );
}

function isSame(words: readonly string[], list: readonly string[]): boolean {
  return words.length === list.length && words.every((word, index) => word === list[index]);
}
