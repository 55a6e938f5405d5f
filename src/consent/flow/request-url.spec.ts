import { describe, expect, it } from 'vitest';
import { appUrl, withFreshLogin, withoutSecrets, withVerifier } from './request-url.js';

const REQUEST =
  'https://id.example/oauth2/auth?client_id=shop&scope=openid%20email&state=a%3Db+c&audience=a&audience=b';
const parameters = (url: string): [string, string][] => [...new URL(url).searchParams];

describe('withoutSecrets', () => {
  it('keeps the encoding of the request', () => {
    const asked = 'https://id.example/oauth2/auth?scope=openid%20email&state=a+b&empty=&client_id=c';
    expect(withoutSecrets(asked)).toBe(asked);
  });

  it.each(['login_verifier', 'consent_verifier', 'device_verifier', 'client_secret'])('removes %s', (name) => {
    const asked = `https://id.example/oauth2/auth?client_id=c&${name}=secret&state=s`;
    expect(withoutSecrets(asked)).toBe('https://id.example/oauth2/auth?client_id=c&state=s');
  });
});

describe('withVerifier', () => {
  it('adds one verifier to the unchanged request', () => {
    const url = withVerifier(REQUEST, 'login_verifier', 'V');
    expect(parameters(url)).toEqual([...parameters(REQUEST), ['login_verifier', 'V']]);
    expect(url.startsWith('https://id.example/oauth2/auth?')).toBe(true);
  });

  it('replaces verifiers that the request already has', () => {
    const url = withVerifier(
      `${REQUEST}&login_verifier=x&consent_verifier=y&consent_verifier=z`,
      'consent_verifier',
      'V',
    );
    expect(parameters(url)).toEqual([...parameters(REQUEST), ['consent_verifier', 'V']]);
  });

  it('keeps only the necessary parameters of a request beyond 4 KiB', () => {
    const long = `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&claims=${'x'.repeat(4096)}`;
    expect(parameters(withVerifier(long, 'login_verifier', 'V'))).toEqual([
      ['client_id', 'shop'],
      ['redirect_uri', 'https://app.example/cb'],
      ['response_type', 'code'],
      ['state', 'a=b c'],
      ['login_verifier', 'V'],
    ]);
  });
});

describe('withFreshLogin', () => {
  it('replaces the prompt of the request by login', () => {
    const url = withFreshLogin('https://id.example/oauth2/auth?client_id=shop&prompt=none&login_verifier=x');
    expect(parameters(url)).toEqual([
      ['client_id', 'shop'],
      ['prompt', 'login'],
    ]);
  });
});

describe('appUrl', () => {
  it('keeps the parameters of the configured address and leaves out empty ones', () => {
    const page = { address: 'https://ui.example/login?tenant=a', base: 'https://id.example' };
    const url = appUrl(page, { login_challenge: 'C', identity_schema: undefined });
    expect(url).toBe('https://ui.example/login?tenant=a&login_challenge=C');
  });

  it('resolves a path against the address of this server', () => {
    const url = appUrl({ address: '/ui/login', base: 'https://id.example/' }, { login_challenge: 'C' });
    expect(url).toBe('https://id.example/ui/login?login_challenge=C');
  });
});
