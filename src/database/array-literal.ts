/** Writes texts as a PostgreSQL array literal, for an array within an array: `{"a","b"}`. */
export function arrayLiteral(texts: readonly string[]): string {
  if (texts.length === 0) return '{}';
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
