import { describe, expect, it } from 'vitest';
import {
  isSecureRedirectUri,
  isTrustedPublicRedirectUri,
  isWellFormedRedirectUri,
  matchRedirectUri,
} from './redirect-uri.js';

describe('a redirect URI equals a registered one exactly', () => {
  const registered = ['https://app.example/cb', 'https://app.example/second?x=1', 'com.example.app:/oauth'];

  it.each(registered)('%s matches itself', (uri) => {
    expect(matchRedirectUri(registered, uri)).toBe(uri);
  });

  it.each([
    'https://app.example/cb/',
    'https://app.example/CB',
    'https://APP.example/cb',
    'https://app.example:443/cb',
    'https://app.example/cb?x=1',
    'https://app.example/cb#',
    'https://app.example/cb/..',
    'https://app.example/%63b',
    'https://app.example/second',
    'https://user@app.example/cb',
    'https://app.example.evil.example/cb',
    'http://app.example/cb',
    'com.example.app:/other',
    ' https://app.example/cb',
  ])('%s does not match', (uri) => {
    expect(matchRedirectUri(registered, uri)).toBeUndefined();
  });
});

describe('without a redirect URI', () => {
  it.each([undefined, ''])('the only registered one is taken (%j)', (requested) => {
    expect(matchRedirectUri(['https://app.example/cb'], requested)).toBe('https://app.example/cb');
  });

  it('none is taken where several or none are registered', () => {
    expect(matchRedirectUri(['https://a', 'https://b'], undefined)).toBeUndefined();
    expect(matchRedirectUri([], undefined)).toBeUndefined();
  });
});

describe('the port of a loopback literal, and of localhost, may differ (RFC 8252 §7.3)', () => {
  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300/cb'],
    ['http://127.0.0.1:80/cb', 'http://127.0.0.1/cb'],
    ['http://127.8.9.1/cb', 'http://127.8.9.1:1/cb'],
    ['http://[::1]:8080/cb', 'http://[::1]:4300/cb'],
    ['http://[::1]:8080/cb', 'http://[::1]/cb'],
    ['http://127.0.0.1/cb?a=b', 'http://127.0.0.1:4300/cb?a=b'],
    ['http://127.0.0.1', 'http://127.0.0.1:4300'],
    ['http://localhost:4300/cb', 'http://localhost:4301/cb'],
    ['http://localhost/cb?a=b', 'http://localhost:4301/cb?a=b'],
    ['http://localhost:4300', 'http://localhost'],
  ])('%s admits %s', (registered, requested) => {
    expect(matchRedirectUri([registered], requested)).toBe(requested);
  });

  it.each([
    ['http://localhost:4300/cb', 'http://localhost:4301/other'],
    ['http://localhost:4300/cb', 'http://localhost:4301/cb?a=b'],
    ['http://localhost:4300/cb', 'https://localhost:4301/cb'],
    ['https://localhost:4300/cb', 'https://localhost:4301/cb'],
    ['http://localhost:4300/cb', 'http://LOCALHOST:4301/cb'],
    ['http://localhost:4300/cb', 'http://127.0.0.1:4300/cb'],
    ['http://127.0.0.1:4300/cb', 'http://localhost:4300/cb'],
    ['http://localhost:4300/cb', 'http://localhost.evil.example:4300/cb'],
    ['http://localhost:4300/cb', 'http://localhost.:4300/cb'],
    ['http://localhost:4300/cb', 'http://localhost:4300@evil.example/cb'],
    ['http://app.localhost/cb', 'http://app.localhost:4300/cb'],
    ['https://127.0.0.1:4300/cb', 'https://127.0.0.1:4301/cb'],
    ['https://127.0.0.1:4300/cb', 'http://127.0.0.1:4301/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.2/cb'],
    ['http://127.0.0.1/cb', 'http://127.1:4300/cb'],
    ['http://127.0.0.1/cb', 'http://2130706433/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://user@127.0.0.1:4300/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300/cb/'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300/cb?a=b'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300/cb#f'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300/x/../cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300/c\nb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:4300\\cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:99999/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:43x/cb'],
  ])('%s does not admit %s', (registered, requested) => {
    expect(matchRedirectUri([registered], requested)).toBeUndefined();
  });
});

describe('isWellFormedRedirectUri', () => {
  it.each(['https://app.example/cb', 'http://127.0.0.1', 'myapp://callback/path', 'com.example.app:/oauth', 'urn:x:y'])(
    'admits %s',
    (uri) => {
      expect(isWellFormedRedirectUri(uri)).toBe(true);
    },
  );

  it.each([
    '',
    '/cb',
    '//app.example/cb',
    'app.example/cb',
    'https://app.example/cb#',
    'https://app.example/cb#here',
    'https://',
    'https://app.example/c b',
    'https://app.example/c\r\nb',
    'https://app.example\\cb',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
  ])('refuses %j', (uri) => {
    expect(isWellFormedRedirectUri(uri)).toBe(false);
  });
});

describe('which redirect URIs are secure', () => {
  it.each([
    ['https://app.example/cb', true, true],
    ['http://localhost/cb', true, true],
    ['http://app.localhost:8080/cb', true, true],
    ['http://127.0.0.1/cb', true, true],
    ['http://[::1]/cb', true, true],
    ['http://app.example/cb', false, false],
    ['http://localhost.example/cb', false, false],
    ['http://127.0.0.1.example/cb', false, false],
    ['http://notlocalhost/cb', false, false],
    ['myapp://cb', true, false],
    ['', false, false],
    ['no address', false, false],
  ])('%s: secure %s, trusted for a public client %s', (uri, secure, trusted) => {
    expect([isSecureRedirectUri(uri), isTrustedPublicRedirectUri(uri)]).toEqual([secure, trusted]);
  });
});
