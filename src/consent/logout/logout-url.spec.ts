import { describe, expect, it } from 'vitest';
import { frontChannelUrl, logoutUrl, withState } from './logout-url.js';

describe('the URL of a logout', () => {
  it('has one slash between the public address and the path', () => {
    expect(logoutUrl('https://id.example', [])).toBe('https://id.example/oauth2/sessions/logout');
    expect(logoutUrl('https://id.example/auth/', [['logout_verifier', 'V']])).toBe(
      'https://id.example/auth/oauth2/sessions/logout?logout_verifier=V',
    );
  });

  it.each([
    ['https://app.example/bye', 's', 'https://app.example/bye?state=s'],
    ['https://app.example/bye?x=1', 'a&b', 'https://app.example/bye?x=1&state=a%26b'],
    ['https://app.example/bye#part', 's', 'https://app.example/bye?state=s#part'],
    ['myapp:/bye', 's', 'myapp:/bye?state=s'],
    ['https://app.example/bye', undefined, 'https://app.example/bye'],
  ])('adds state to %s', (uri, state, expected) => {
    expect(withState(uri, state)).toBe(expected);
  });

  it('keeps the parameters of a front-channel client and sets iss and sid', () => {
    const url = new URL(frontChannelUrl('https://app.example/out?x=1&sid=old', 'https://id.example/', 'S'));
    expect(Object.fromEntries(url.searchParams)).toEqual({ x: '1', iss: 'https://id.example/', sid: 'S' });
  });
});
