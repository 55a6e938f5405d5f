import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { FormParams } from './form-params.js';
import { Pagination } from './pagination.js';

const NOW = new Date('2026-07-01T12:00:00Z');
const HOUR_MS = 3_600_000;

const under = (...secrets: string[]) =>
  new Pagination(new ConfigHolder({ secrets: { pagination: secrets } } as unknown as Configuration));
const pagination = under('the secret');
const query = (text: string) => FormParams.parse(text);
const links = (header: string) =>
  Object.fromEntries([...header.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = '', rel = '']) => [rel, url]));
const queryOf = (url = '') => FormParams.parse(url.slice(url.indexOf('?') + 1));

function nextOf(text: string, next = 'cursor', by = pagination): FormParams {
  const header = by.linkHeader({
    scope: 'clients',
    path: '/admin/clients',
    query: query(text),
    size: 2,
    next,
    now: NOW,
  });
  return queryOf(links(header)['next']);
}

describe('page_size', () => {
  it.each([
    ['', 100],
    ['page_size=', 100],
    ['page_size=7', 7],
    ['page_size=500', 500],
    ['page_size=501', 500],
    ['page_size=0', 100],
    ['page_size=-3', 100],
    ['page_size=&page_size=9&page_size=8', 9],
  ])('of %j is %i', (text, size) => {
    expect(pagination.parse(query(text), 'clients')).toEqual({ size });
  });

  it.each(['abc', '1.5', '1e3', '0x10', '9'.repeat(40)])('%s is refused', (value) => {
    expect(() => pagination.parse(query(`page_size=${value}`), 'clients')).toThrow(/page_size/);
  });
});

describe('page_token', () => {
  it('starts after the cursor that it was made of', () => {
    expect(pagination.parse(nextOf(''), 'clients', { now: NOW })).toEqual({ size: 2, after: 'cursor' });
  });

  it('is valid for an hour', () => {
    const at = (ms: number) => () => pagination.parse(nextOf(''), 'clients', { now: new Date(NOW.getTime() + ms) });
    expect(at(HOUR_MS - 1)).not.toThrow();
    expect(at(HOUR_MS)).toThrow(/page_token/);
  });

  it('is refused when it is garbage, of another list, or sealed under a secret that is no longer configured', () => {
    const parse =
      (text: FormParams, scope = 'clients') =>
      () =>
        pagination.parse(text, scope, { now: NOW });
    expect(parse(query('page_token=abc'))).toThrow(/page_token/);
    expect(parse(query(`page_token=${'x'.repeat(80)}`))).toThrow(/page_token/);
    expect(parse(nextOf(''), 'trust')).toThrow(/page_token/);
    expect(parse(nextOf('', 'cursor', under('another')))).toThrow(/page_token/);
  });

  it('survives a rotation of the secrets', () => {
    const old = nextOf('', 'cursor', under('old'));
    expect(under('new', 'old').parse(old, 'clients', { now: NOW }).after).toBe('cursor');
  });

  it('is refused with the error that the list chooses', () => {
    const toError = (hint: string) => invalidRequest(hint);
    expect(() => pagination.parse(query('page_token=abc'), 'x', { toError })).toThrow(/^invalid_request/);
  });

  it('reveals nothing of the cursor', () => {
    expect(nextOf('', 'a very private cursor').toString()).not.toContain('private');
  });
});

describe('the Link header', () => {
  const header = (text: string, next?: string) =>
    pagination.linkHeader({ scope: 'clients', path: '/admin/clients', query: query(text), size: 2, next, now: NOW });

  it('names the first page and the next one, with the other parameters, sorted', () => {
    const text = header('page_token=old&owner=a%26b&page_size=9', 'cursor');
    const page = (rel: string) => `</admin/clients\\?owner=a%26b&page_size=2&page_token=[A-Za-z0-9_-]+>; rel="${rel}"`;
    expect(text).toMatch(new RegExp(`^${page('first')},${page('next')}$`));
  });

  it('has no next page after the last one', () => {
    expect(Object.keys(links(header('')))).toEqual(['first']);
  });

  it('has a first page that starts at the beginning', () => {
    expect(pagination.parse(queryOf(links(header(''))['first']), 'clients', { now: NOW })).toEqual({ size: 2 });
  });
});
