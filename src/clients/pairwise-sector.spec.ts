import { describe, expect, it } from 'vitest';
import { pairwiseSector } from './pairwise-sector.js';

const sector = (redirect_uris: string[], sector_identifier_uri?: string, clientId = 'c'): string | undefined =>
  pairwiseSector(clientId, { redirect_uris, sector_identifier_uri });

describe('pairwiseSector', () => {
  it.each([
    ['https://one.example/cb', 'one.example'],
    ['https://one.example:8443/cb?x=1', 'one.example:8443'],
    ['https://one.example:443', 'one.example:443'],
    ['https://user:secret@One.example/cb', 'One.example'],
    ['http://[::1]:4300/cb', '[::1]:4300'],
  ])('is host and port of the only redirect URI %s, as it is written', (uri, expected) => {
    expect(sector([uri])).toBe(expected);
  });

  it('is the one host of several redirect URIs', () => {
    expect(sector(['https://one.example/cb', 'https://one.example/other'])).toBe('one.example');
    expect(sector(['https://one.example:8443/cb', 'https://one.example:8443/b'])).toBe('one.example:8443');
    expect(sector(['https://one.example:8443/cb', 'https://ONE.example/b'])).toBe('one.example');
    expect(sector(['http://[::1]:1/cb', 'http://[::1]:2/cb'])).toBe('[::1]');
  });

  it('is the whole sector identifier URI where there is one', () => {
    const document = 'https://sector.example/uris.json';
    expect(sector(['https://one.example/cb', 'https://two.example/cb'], document)).toBe(document);
    expect(sector(['evilapp://one.example/cb'], document)).toBe(document);
  });

  it('is missing where the redirect URIs are on several hosts', () => {
    expect(sector(['https://one.example/cb', 'https://two.example/cb'])).toBeUndefined();
    expect(sector(['https://one.example/cb', 'my.app:/cb', 'https://two.example/cb'])).toBeUndefined();
  });

  it('is of its own for an app whose custom scheme has a host, with or without a web address beside it', () => {
    for (const uris of [
      ['evilapp://one.example/cb'],
      ['https://one.example/cb', 'evilapp://one.example/cb'],
      ['com.example.app:/oauth'],
      ['https:///one.example'],
      [],
    ]) {
      expect(sector(uris)).toBe('client://c/');
    }
    expect(sector(['com.example.app:/oauth'], undefined, 'one.example/b')).toBe('client://one.example%2Fb/');
  });
});
