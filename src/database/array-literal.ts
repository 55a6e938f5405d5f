/** The text form of a PostgreSQL array of texts, for an array within an array: `{"a","b"}`. */
export function arrayLiteral(texts: readonly string[]): string {
  if (texts.length === 0) return '{}';
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
