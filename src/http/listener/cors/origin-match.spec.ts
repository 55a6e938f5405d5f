import { describe, expect, it } from 'vitest';
import { originAllowed } from './origin-match.js';

const bounded = (entry: string, origin: string) => originAllowed([entry], origin, { allowUnbounded: false });
const unbounded = (entry: string, origin: string) => originAllowed([entry], origin, { allowUnbounded: true });

describe('an allowed origin', () => {
  it.each([
    ['https://app.example', 'https://app.example'],
    ['https://App.Example', 'https://app.EXAMPLE'],
    ['*', 'https://anything.example'],
    ['https://*.example.com', 'https://a.example.com'],
    ['https://*.example.com', 'https://a.b.example.com'],
    ['https://*.example.com:8443', 'https://a.example.com:8443'],
    ['https://*.example.co.uk', 'https://a.example.co.uk'],
    ['https://*.me.github.io', 'https://a.me.github.io'],
    ['https://*.shop.internal', 'https://a.shop.internal'],
  ])('%s admits %s', (entry, origin) => {
    expect(bounded(entry, origin)).toBe(true);
  });

  it.each([
    ['https://app.example', 'http://app.example'],
    ['https://app.example', 'https://app.example:8443'],
    ['https://app.example', 'https://app.example.evil'],
    ['https://*.example.com', 'https://example.com'],
    ['https://*.example.com', 'https://evil-example.com'],
    ['https://*.example.com', 'https://a.example.com.evil.test'],
    ['https://*.example.com', 'https://evil.test/.example.com'],
    ['https://*.example.com', 'https://.example.com'],
    ['https://*.example.com', 'null'],
    ['https://*.com', 'https://a.com'],
    ['https://*.co.uk', 'https://a.co.uk'],
    ['https://*.github.io', 'https://a.github.io'],
    ['https://*.compute.amazonaws.com', 'https://a.compute.amazonaws.com'],
    ['https://*foo.com', 'https://evilfoo.com'],
    ['https://*', 'https://a.example'],
    ['https://app.*', 'https://app.evil'],
    ['https://*.0.0.1', 'https://127.0.0.1'],
    ['https://*.*.example.com', 'https://a.b.example.com'],
  ])('%s does not admit %s', (entry, origin) => {
    expect(bounded(entry, origin)).toBe(false);
  });

  it('may be unbounded only where the operator insists', () => {
    expect(unbounded('https://*foo.com', 'https://evilfoo.com')).toBe(true);
    expect(unbounded('https://*', 'https://a.example')).toBe(true);
    expect(unbounded('https://*.com', 'http://a.com')).toBe(false);
  });
});
