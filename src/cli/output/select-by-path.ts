/**
 * Names and indexes separated by dots (`\.` for a dot in a name); `#` at the end counts a list, `#.` goes on in each
 * of its items. Undefined where it leads nowhere.
 */
export function selectByPath(value: unknown, path: string): unknown {
  return follow(value, path.match(/(?:\\.|[^.\\])+/g)?.map((part) => part.replace(/\\(.)/g, '$1')) ?? []);
}

function follow(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return value;
  if (step === '#' && Array.isArray(value)) {
    return rest.length === 0
      ? value.length
      : value.map((item) => follow(item, rest)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return follow((value as Record<string, unknown>)[step], rest);
}
