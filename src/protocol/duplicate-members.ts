const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/**
 * Whether an object in the text names a member twice: of two readers each could see another value (RFC 8259 §4).
 * @param json well-formed JSON
 */
export function hasDuplicateMembers(json: string): boolean {
  const names: Set<string>[] = [];
  let text = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') names.push(new Set());
    else if (token === '}' || token === ']') names.pop();
    else if (token !== ':') text = token;
    else {
      const name = JSON.parse(text) as string; // "\u0061" and "a" are the same name
      if (names.at(-1)?.has(name)) return true;
      names.at(-1)?.add(name);
    }
  }
  return false;
}
