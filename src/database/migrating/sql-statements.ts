/** Splits SQL texts, as far as migrations need it: literals, quoted bodies and comments do not end a statement. */

/** Where a semicolon or a comma ends nothing: a literal, a quoted name, a dollar-quoted body, a comment. */
const OPAQUE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*/g;

/** The statements of a text, in lower case and on one line each; literals and bodies in them are replaced by ''. */
export function statementsOf(sql: string): string[] {
  return sql
    .replace(OPAQUE, (found) => (found.startsWith('--') ? ' ' : found.startsWith('"') ? found.slice(1, -1) : "''"))
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim().toLowerCase())
    .filter((statement) => statement !== '');
}

/** Splits at the commas outside of brackets. */
export function atCommas(text: string): string[] {
  const parts: string[] = [];
  let [depth, begin] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(begin, i));
      begin = i + 1;
    }
  }
  return [...parts, text.slice(begin)].map((part) => part.trim());
}
