import { describe, expect, it } from 'vitest';
import { isHidden, normalisePath, splitTarget } from './request-path.js';

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

  it('is hidden on the public listener where it is of the administration', () => {
    for (const path of ['/admin', '/admin/clients', '/version']) expect(isHidden('public', path), path).toBe(true);
    for (const path of ['/', '/administrator', '/oauth2/token']) expect(isHidden('public', path), path).toBe(false);
    expect(isHidden('admin', '/admin/clients')).toBe(false);
  });
});
