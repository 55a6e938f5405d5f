import { describe, expect, it } from 'vitest';
import { selectByPath } from './select-by-path.js';

const list = {
  items: [
    { id: 'a', name: 'first', owner: 'ops', uses: 3, metadata: { tier: 1 } },
    { id: 'b', name: 'second (2)', owner: 'dev', uses: 12 },
    { id: 'c', name: 'third', owner: 'ops', uses: 7, 'dotted.name': true },
  ],
  'is_last*page': true,
};

describe('a path into JSON', () => {
  it.each([
    ['items.#', 3],
    ['items.#.id', ['a', 'b', 'c']],
    ['items.1.id', 'b'],
    ['items.#.metadata.tier', [1]],
    ['items.#(id=="b").name', 'second (2)'],
    ['items.#(name=="second (2)").id', 'b'],
    ['items.#(owner=="ops")#.id', ['a', 'c']],
    ['items.#(owner=="ops")#|#', 2],
    ['items.#(owner=="ops")#|1.id', 'c'],
    ['items.#(owner=ops).id', 'a'],
    ['items.#(owner!="ops").id', 'b'],
    ['items.#(uses>3)#.id', ['b', 'c']],
    ['items.#(uses>=3)#|#', 3],
    ['items.#(uses<7)#.id', ['a']],
    ['items.#(uses<="7")#.id', []],
    ['items.#(name%"*ir*")#.id', ['a', 'c']],
    ['items.#(name!%"f*").id', 'b'],
    ['items.#(metadata.tier).id', 'a'],
    ['items.#.id.#(=="b")', []],
    ['items.#.id|#(=="b")', 'b'],
    ['items.2.dotted\\.name', true],
    ['it?ms.0.na*', 'first'],
    ['is_last\\*page', true],
    ['items.9', undefined],
    ['items.id', undefined],
    ['items.#(id=="z").name', undefined],
    ['items.0.constructor', undefined],
    ['items.0.name.length', undefined],
  ])('%s', (path, found) => {
    expect(selectByPath(list, path)).toEqual(found);
  });

  it('can start at a list', () => {
    expect(selectByPath(list.items, '#(id=="c").uses')).toBe(7);
  });

  it.each(['items..id', '.items', 'items.#(id=="b"'])('is refused when its syntax is wrong: %s', (path) => {
    expect(() => selectByPath(list, path)).toThrow('cannot be read');
  });
});
