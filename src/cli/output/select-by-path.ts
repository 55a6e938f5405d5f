/**
 * Selects the part of a JSON value that `--format jsonpath=` names, in Hydra's path language (GJSON) without its
 * modifiers and multipaths:
 * - names and indexes separated by dots; `*` and `?` in a name stand for any text and any character;
 * - `#` counts a list, `#.name` continues in each of its items; `#(name=="x")` is the first item that matches,
 *   `#(name=="x")#` lists all of them, with `==`, `!=`, `<`, `<=`, `>`, `>=`, `%` and `!%` (like a pattern), or just a name;
 * - `|` continues with the result as a whole; `\` before a character makes it an ordinary one.
 */
import { CommandFailed } from '../command-failed.js';

const STEP = /((?:#(?:\((?:"(?:[^"\\]|\\.)*"|[^)"])*\)#?)?)(?=[.|]|$)|(?!#\()(?:\\.|[^.|\\])+)([.|]|$)/gsy;
const QUERY = /^#\(([^=!<>%]*)(?:(==|!=|<=|>=|<|>|!%|%|=)(.*))?\)(#?)$/s;

/** Undefined where the path finds nothing. @throws CommandFailed where its syntax is wrong */
export function selectByPath(value: unknown, path: string): unknown {
  let found = value;
  for (const steps of partsOf(path)) found = follow(found, steps);
  return found;
}

/** The steps of each part between pipes. */
function partsOf(path: string): string[][] {
  const parts: string[][] = [[]];
  let end = 0;
  for (const { 0: text, 1: step = '', 2: separator } of path.matchAll(STEP)) {
    parts.at(-1)?.push(step);
    if (separator === '|') parts.push([]);
    end += text.length;
  }
  if (end < path.length) throw new CommandFailed(`The path cannot be read from "${path.slice(end)}" on.`);
  return parts;
}

function follow(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return value;
  if (!Array.isArray(value)) return follow(member(value, step), rest);
  if (step === '#') return rest.length === 0 ? value.length : each(value, rest);
  const query = QUERY.exec(step);
  if (!query) return follow(member(value, step), rest);
  const [, name = '', operator, operand, all] = query;
  const path = name.trim();
  const fitting = value.filter((item) =>
    fits(path === '' ? item : selectByPath(item, path), operator, operand?.trim()),
  );
  return all ? each(fitting, rest) : follow(fitting[0], rest);
}

const each = (items: readonly unknown[], steps: string[]): unknown[] =>
  items.map((item) => follow(item, steps)).filter((item) => item !== undefined);

function member(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const pattern = patternOf(step);
  const name = Object.keys(value).find((key) => pattern.test(key));
  return name === undefined ? undefined : (value as Record<string, unknown>)[name];
}

/** `*` and `?` as in file names; all other characters, and escaped ones, stand for themselves. */
function patternOf(text: string): RegExp {
  const parts = [...text.matchAll(/\\(.)|([*?])|([^\\*?]+)/gs)].map(([, escaped, wild, plain]) => {
    if (wild) return wild === '*' ? '.*' : '.';
    return quoted(escaped ?? plain ?? '');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Without an operator it tests for existence. Values of different types are unequal, and neither is the greater. */
function fits(found: unknown, operator: string | undefined, text = ''): boolean {
  if (found === undefined) return false;
  if (operator === undefined) return true;
  const wanted = operandOf(text);
  if (operator.endsWith('%')) return isLike(found, String(wanted)) === (operator === '%');
  if (operator === '!=') return found !== wanted;
  if (operator.startsWith('=')) return found === wanted;
  return typeof found === typeof wanted && compares(found as number, operator, wanted as number);
}

const isLike = (found: unknown, pattern: string): boolean =>
  typeof found === 'string' && patternOf(pattern).test(found);

function compares(a: number, operator: string, b: number): boolean {
  if (a === b) return operator.endsWith('=');
  return operator.startsWith('<') ? a < b : a > b;
}

function operandOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
