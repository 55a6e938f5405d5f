import { describe, expect, it } from 'vitest';
import { needsCertificate } from './listener-tls.js';
import { loadConfiguration } from './load-configuration.js';

const load = (env: Record<string, string>) => {
  const given = { DEV: 'true', SERVE_TLS_CERT_PATH: '/c', SERVE_TLS_KEY_PATH: '/k', ...env };
  return loadConfiguration({ files: [], env: given, generatedSecret: 'a-system-secret-of-a-test' });
};

describe('tls of a listener', () => {
  it('is taken key by key from serve.tls, unless the listener sets a key itself', () => {
    const { serve } = load({
      SERVE_TLS_ENABLED: 'true',
      SERVE_TLS_ALLOW_TERMINATION_FROM: '10.0.0.0/8',
      SERVE_ADMIN_TLS_ENABLED: 'false',
      SERVE_PUBLIC_TLS_CERT_BASE64: 'Yw==',
    });
    expect(serve.public.tls).toEqual({
      enabled: true,
      cert: { base64: 'Yw==' },
      key: { path: '/k' },
      allow_termination_from: ['10.0.0.0/8'],
    });
    expect(serve.admin.tls).toMatchObject({ enabled: false, cert: { path: '/c' } });
  });

  it('is off by default', () => {
    expect(load({}).serve.public.tls).toMatchObject({ enabled: false, allow_termination_from: [] });
  });

  it('needs no certificate on a unix socket, where it has no effect', () => {
    const env = { SERVE_TLS_ENABLED: 'true', SERVE_ADMIN_HOST: 'unix:/s', SERVE_TLS_CERT_PATH: '' };
    expect(() => load(env)).toThrow('serve.tls.cert: expected path or base64');
    expect(() => load({ ...env, SERVE_PUBLIC_HOST: 'unix:/p' })).not.toThrow();
  });

  it('needs no certificate in development mode, where the server makes one; a certificate without a key is a fault there too', () => {
    const none = { SERVE_TLS_ENABLED: 'true', SERVE_TLS_CERT_PATH: '', SERVE_TLS_KEY_PATH: '' };
    const { serve } = load(none);
    expect([serve.public, serve.admin].map(needsCertificate)).toEqual([true, true]);
    expect(needsCertificate(load({ ...none, SERVE_ADMIN_HOST: 'unix:/s' }).serve.admin)).toBe(false);
    expect(needsCertificate(load({ SERVE_TLS_ENABLED: 'true' }).serve.public)).toBe(false);
    expect(() => load({ ...none, SERVE_TLS_KEY_PATH: '/k' })).toThrow('serve.tls.cert: expected path or base64');
    const production = { ...none, DEV: 'false', URLS_SELF_ISSUER: 'https://id.example' };
    expect(() => load(production)).toThrow(/serve\.tls\.cert: expected path[\s\S]*serve\.tls\.key: expected path/);
  });

  it('decides the scheme of the derived addresses', () => {
    expect(load({}).urls.self.issuer).toMatch('http://');
    expect(load({ SERVE_PUBLIC_TLS_ENABLED: 'true' }).urls.self).toMatchObject({
      issuer: 'https://127.0.0.1:4444/',
      admin: 'http://127.0.0.1:4445/',
    });
  });
});
