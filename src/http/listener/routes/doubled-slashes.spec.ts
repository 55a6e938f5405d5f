import { describe, expect, it } from 'vitest';
import { doubledSlashesReply, hasDoubledSlashes } from './doubled-slashes.js';
import type { Exchange, ListenerName } from '../../exchange/exchange.js';
import { normalisePath, splitTarget } from './request-path.js';

function exchangeOf(target: string, listener: ListenerName = 'public'): Exchange {
  const { path, rawQuery } = splitTarget(target);
  return { listener, path: normalisePath(listener, path), rawQuery, headers: {} } as unknown as Exchange;
}

/** The target of the redirect for a request; 404 where there is none. */
function target(sent: string): unknown {
  const exchange = exchangeOf(sent);
  expect(hasDoubledSlashes(exchange), sent).toBe(true);
  const { status, headers } = doubledSlashesReply(exchange);
  return status === 307 ? headers.location : status;
}

describe('a path with doubled slashes', () => {
  it.each([
    ['//oauth2/token', '/oauth2/token'],
    ['/oauth2//token', '/oauth2/token'],
    ['///oauth2////token//', '/oauth2/token'],
    ['/oauth2/token//', '/oauth2/token'],
    ['//oauth2/auth?a=1&b=//c', '/oauth2/auth?a=1&b=//c'],
    ['//.well-known/openid-configuration', '/.well-known/openid-configuration'],
    ['http://host//userinfo?x', '/userinfo?x'],
    ['//x%2Fy', '/x%2Fy'],
    ['///', '/'],
    ['//...', '/...'],
  ])('%s leads to %s', (sent, clean) => {
    expect(target(sent)).toBe(clean);
  });

  it.each(['//evil.example', '//evil.example/oauth2/token', '////evil.example//x', 'http:////evil.example'])(
    '%s does not lead to another server',
    (sent) => {
      const location = target(sent);
      expect(location).toMatch(/^\/[^/\\]/);
      expect(new URL(String(location), 'http://own.example').host).toBe('own.example');
    },
  );

  it.each([
    '//admin/clients',
    '/admin//clients',
    '//ADMIN//clients',
    '//version',
    '//%61dmin/clients',
    '/oauth2/..//admin/clients',
    '//oauth2/%2E%2e/admin/clients',
    '//./admin/clients',
    '//oauth2/..',
    '//\\evil.example',
    '/\\//evil.example',
    '//\\\\evil.example',
    '//#/x',
    '//\u0000',
    '//é',
  ])('%s leads nowhere', (sent) => {
    expect(target(sent)).toBe(404);
  });

  it('is not found in a clean path, nor on the admin listener', () => {
    for (const clean of ['/', '/oauth2/token', '/oauth2/token/', '/?a=//b', '*']) {
      expect(hasDoubledSlashes(exchangeOf(clean)), clean).toBe(false);
    }
    expect(hasDoubledSlashes(exchangeOf('//clients', 'admin'))).toBe(false);
  });

  it('is cleaned in time linear in its length', () => {
    const long = `/${'a/'.repeat(200_000)}/\\`;
    expect(doubledSlashesReply(exchangeOf(long)).status).toBe(404);
  });
});
