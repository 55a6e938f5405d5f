import { describe, expect, it } from 'vitest';
import { isHidden, lastSegment, normalisePath, splitTarget, withParameter } from './request-path.js';

describe('a request target', () => {
  it.each([
    ['/a?b=c?d', '/a', 'b=c?d'],
    ['/a', '/a', ''],
    ['/a?', '/a', ''],
    ['http://host:1/a?b', '/a', 'b'],
    ['http://host', '/', ''],
    ['http://host?b', '/', 'b'],
    ['*', '*', ''],
    ['//host/a', '//host/a', ''],
  ])('%s', (target, path, rawQuery) => {
    expect(splitTarget(target)).toEqual({ path, rawQuery });
  });
});

describe('the path of a route', () => {
  it.each([
    ['public', '/', '/'],
    ['public', '/a/', '/a'],
    ['public', '/a//', '/a/'],
    ['public', '/clients', '/clients'],
    ['admin', '/', '/admin/'],
    ['admin', '/clients', '/admin/clients'],
    ['admin', '/clients/', '/admin/clients'],
    ['admin', '/admin/clients', '/admin/clients'],
    ['admin', '/adminfoo', '/adminfoo'],
    ['admin', '/version', '/version'],
    ['admin', '/admin/version/', '/version'],
  ] as const)('on the %s listener of %s is %s', (listener, sent, path) => {
    expect(normalisePath(listener, sent)).toBe(path);
  });

  it.each([
    ['/admin/clients/a', '/admin/clients/{param}'],
    ['/admin/clients/a;b=c:~ü', '/admin/clients/{param}'],
    ['/admin/clients/a/', '/admin/clients/a/'],
    ['/admin/clients/a%2Fb', '/admin/clients/a%2Fb'],
    ['/a%20b/c', '/a%20b/{param}'],
    ['/', '/'],
    ['*', '{param}'],
  ])('of %s is %s where its last segment is an unencoded parameter', (path, withPlaceholder) => {
    expect(withParameter(path)).toBe(withPlaceholder);
  });

  it('ends in a segment', () => {
    expect([lastSegment('/a/b'), lastSegment('/a/'), lastSegment('*')]).toEqual(['b', '', '*']);
  });

  it('is hidden on the public listener where it belongs to the administration', () => {
    const spellings = ['/ADMIN/clients', '/Version', '/version/', '/version#x', '/admin;a'];
    for (const path of ['/admin', '/admin/clients', '/version', ...spellings])
      expect(isHidden('public', path), path).toBe(true);
    for (const path of ['/', '/administrator', '/oauth2/token']) expect(isHidden('public', path), path).toBe(false);
    expect(isHidden('admin', '/admin/clients')).toBe(false);
  });
});
