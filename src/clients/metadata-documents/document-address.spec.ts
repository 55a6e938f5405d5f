import { describe, expect, it } from 'vitest';
import { hostOf, isDocumentAddress, isHostAllowed } from './document-address.js';

describe('the address of a document', () => {
  it.each([
    'https://app.example/client.json',
    'https://app.example:8443/a/b',
    'https://app.example/c?v=1',
    'https://[2001:db8::1]/c',
    'https://app.example/a//b',
    'https://app.example/...',
  ])('is %s', (address) => {
    expect(isDocumentAddress(address)).toBe(true);
  });

  it.each([
    'http://app.example/client.json',
    'HTTPS://app.example/client.json',
    'https://app.example',
    'https://app.example/',
    'https://app.example/?v=1',
    'https://app.example?v=1',
    'https:///client.json',
    'https://app.example/c#f',
    'https://app.example/c#',
    'https://user@app.example/c',
    'https://user:password@app.example/c',
    'https://@app.example/c',
    'https://app.example/./c',
    'https://app.example/a/../c',
    'https://app.example/a/..',
    'https://app.example/%2e/c',
    'https://app.example/a/%2E%2e/c',
    'https://app.example/a/.%2e',
    'https://app.example/a b',
    'https://app.example/a\tb',
    'https://app.example/a\u0000b',
    'https://app.example/\u00e4',
    'https://app.example/a\\b',
    'https://app.example\\@evil.example/c',
    'https://app.example:99999/c',
    `https://app.example/${'a'.repeat(236)}`,
    'app.example/client.json',
    '',
  ])('is not %j', (address) => {
    expect(isDocumentAddress(address)).toBe(false);
  });

  it('is shown by its host and port', () => {
    expect(hostOf('https://App.example:8443/c')).toBe('app.example:8443');
  });
});

describe('the hosts of documents', () => {
  const keys = { enabled: true, scope: [], min_age: 300, max_age: 86_400, max_bytes: 5_120, timeout: 5 };
  const allows = (host: string, allowed: string[], blocked: string[] = []): boolean =>
    isHostAllowed(`https://${host}/c`, { ...keys, allowed_hosts: allowed, blocked_hosts: blocked });

  it.each([
    ['app.example', [], [], true],
    ['app.example', ['app.example'], [], true],
    ['APP.example:8443', ['App.Example'], [], true],
    ['a.b.app.example', ['*.app.example'], [], true],
    ['app.example', ['*.app.example'], [], false],
    ['evilapp.example', ['*.app.example', 'app.example'], [], false],
    ['app.example', [], ['app.example'], false],
    ['app.example.', [], ['app.example'], false],
    ['a.app.example.', [], ['*.app.example'], false],
    ['app.example', ['app.example'], ['app.example'], false],
    ['2130706433', [], ['127.0.0.1'], false],
  ])('let %s in with allowed %j and blocked %j: %s', (host, allowed, blocked, expected) => {
    expect(allows(host, allowed, blocked)).toBe(expected);
  });
});
