/** docs/errors.md has an entry for each code that a client may be told, and for each warning and error of the log. */
import { describe, expect, it } from 'vitest';
import { errorCodes, logMessages } from './messages.js';
import { textOf } from './pages.js';

const page = textOf('docs/errors.md');
const plain = (text: string): string => text.replaceAll(/[`*\\]/g, '').replaceAll(/\s+/g, ' ');

describe('docs/errors.md', () => {
  it('has a heading for each code, and for no other', () => {
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code);
    expect(headings).toEqual(errorCodes());
  });

  it('has each message of the log', () => {
    const messages = logMessages();
    expect(messages.length).toBeGreaterThan(30);
    expect(messages.filter((message) => !plain(page).includes(plain(message)))).toEqual([]);
  });
});
