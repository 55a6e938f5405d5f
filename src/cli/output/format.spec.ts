import { describe, expect, it } from 'vitest';
import { render } from './format.js';

const listing = {
  columns: ['Id', 'Name'],
  rows: [
    ['1', 'first'],
    ['22', ''],
  ],
  value: [
    { id: 1, name: 'first', 'a.b': { list: [1, 2] } },
    { id: 22, name: '' },
  ],
};

describe('output', () => {
  it.each([
    ['table', 'Id  Name\n1   first\n22\n'],
    ['no-such-format', 'Id  Name\n1   first\n22\n'],
    ['json', '[{"id":1,"name":"first","a.b":{"list":[1,2]}},{"id":22,"name":""}]\n'],
    ['jsonpath=#', '2\n'],
    ['jsonpath=#.id', '[\n  1,\n  22\n]\n'],
    ['jsonpath=0.name', '"first"\n'],
    ['jsonpath=0.a\\.b.list.1', '2\n'],
    ['jsonpath=0.nothing.here', 'null\n'],
    ['jsonpath=0.constructor', 'null\n'],
    ['jsonpointer=/1/id', '22\n'],
    ['jsonpointer=/0/a.b/list/0', '1\n'],
  ])('as %s', async (format, text) => {
    expect(await render(listing, { format })).toBe(text);
  });

  it('is indented JSON and YAML as well', async () => {
    expect(await render(listing, { format: 'json-pretty' })).toBe(`${JSON.stringify(listing.value, null, 2)}\n`);
    expect(await render(listing, { format: 'yaml' })).toContain('- id: 1\n  name: first\n');
  });

  it('with --quiet is only what identifies a row, whatever the format', async () => {
    expect(await render(listing, { format: 'json', quiet: true })).toBe('1\n22\n');
  });

  it.each([
    ['jsonpath', 'jsonpath='],
    ['jsonpointer=name', 'begins with a slash'],
    ['jsonpointer=/7', 'nothing at /7'],
  ])('%s is refused', async (format, message) => {
    await expect(render(listing, { format })).rejects.toThrow(message);
  });
});
