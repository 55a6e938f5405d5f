/** Removes the trailing slashes. A regular expression would restart at each slash of a long run of them. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text.endsWith('/', end) && end > 0) end -= 1;
  return text.slice(0, end);
}
