/**
 * Patterns of schemas on RE2, whose work grows with the text alone (re2js). Look-around and back references, which need
 * backtracking, are errors. The package is loaded with the first pattern, because most servers have none.
 */
import { createRequire } from 'node:module';

/** The part of the package that is used. */
interface Re2 {
  RE2JS: {
    /** From the syntax of JavaScript. */
    translateRegExp: (pattern: string) => string;
    compile: (pattern: string) => { programSize: () => number; test: (text: string) => boolean };
  };
}

/** A measure of RE2 for the cost of each character of a text. `.{1,255}` has some 500. */
const MAX_PROGRAM_SIZE = 3_000;

const require = createRequire(import.meta.url);

let loaded: Re2 | undefined;

/**
 * In the form in which ajv uses patterns: it tells two of them apart by their text.
 * @throws Error for a pattern that RE2 does not support
 */
export function linearPattern(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  loaded ??= require('re2js') as Re2;
  const { RE2JS } = loaded;
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  if (compiled.programSize() > MAX_PROGRAM_SIZE) throw new Error('the repetitions of a pattern are too many');
  return { test: (text) => compiled.test(text), toString: () => pattern };
}
