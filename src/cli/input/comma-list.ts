import { InvalidArgumentError } from 'commander';

const ITEM = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/**
 * A flag with several values: repeated, separated by commas, or both. A value that holds a comma is quoted:
 * `'"https://app.example/cb?a=1,2"'` (RFC 4180). An empty text yields no value.
 */
export function commaList(text: string, before: string[] = []): string[] {
  return [...before, ...(text === '' ? [] : itemsOf(text))];
}

function itemsOf(text: string): string[] {
  const items: string[] = [];
  ITEM.lastIndex = 0;
  for (let end = ','; end === ',';) {
    const found = ITEM.exec(text);
    if (!found) throw new InvalidArgumentError('Its quotes do not match: write "" for a quote inside quotes.');
    const [, quoted, bare = '', separator = ''] = found;
    items.push(quoted?.replaceAll('""', '"') ?? bare);
    end = separator;
  }
  return items;
}
