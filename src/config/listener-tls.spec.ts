import { describe, expect, it } from 'vitest';
import { loadConfiguration } from './load-configuration.js';

const load = (env: Record<string, string>) => {
  const given = { DEV: 'true', SERVE_TLS_CERT_PATH: '/c', SERVE_TLS_KEY_PATH: '/k', ...env };
  return loadConfiguration({ files: [], env: given, generatedSecret: 'a-system-secret-of-a-test' });
};

describe('tls of a listener', () => {
  it('is that of both, unless it says otherwise, key by key', () => {
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

  it('shows in the addresses that are derived', () => {
    expect(load({}).urls.self.issuer).toMatch('http://');
    expect(load({ SERVE_PUBLIC_TLS_ENABLED: 'true' }).urls.self).toMatchObject({
      issuer: 'https://127.0.0.1:4444/',
      admin: 'http://127.0.0.1:4445/',
    });
  });
});
