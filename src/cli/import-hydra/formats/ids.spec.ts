import { describe, expect, it } from 'vitest';
import { uuidOf } from './ids.js';

describe('the UUID for an id of Hydra', () => {
  it.each(['c43afa98a59700ab00aa25d6982a87cd', 'c43afa98-a597-00ab-00aa-25d6982a87cd'])(
    'has the digits of %s',
    (id) => {
      expect(uuidOf(id)).toBe('c43afa98-a597-00ab-00aa-25d6982a87cd');
    },
  );

  it('is made of a hash for a text of another form', () => {
    expect(uuidOf('a request')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(uuidOf('a request')).not.toBe(uuidOf('another request'));
  });

  it('is not that of lower-case digits for upper-case ones, which are another text', () => {
    expect(uuidOf('C43AFA98A59700AB00AA25D6982A87CD')).not.toBe(uuidOf('c43afa98a59700ab00aa25d6982a87cd'));
  });
});
