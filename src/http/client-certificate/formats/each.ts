/** The results for all items; undefined if one of them has none. */
export function each<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Result | undefined,
): Result[] | undefined {
  const results: Result[] = [];
  for (const item of items) {
    const result = read(item);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}
