import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import type { Configuration } from './configuration.js';
import { loadConfiguration } from './load-configuration.js';

const load = (env: Record<string, string>): Configuration =>
  loadConfiguration({
    files: [],
    env: {
      ...{
        DSN: 'postgres://h/d',
        SECRETS_SYSTEM: 'a-system-secret-of-a-test',
        URLS_SELF_ISSUER: 'https://id.example/',
      },
      ...env,
    },
  });
const ON = { OAUTH2_MTLS_ENABLED: 'true' };
const LISTENER = { SERVE_MTLS_ENABLED: 'true', SERVE_MTLS_TLS_CERT_PATH: '/c', SERVE_MTLS_TLS_KEY_PATH: '/k' };
const PROXY = { OAUTH2_MTLS_PROXY_HEADER: 'Client-Cert', OAUTH2_MTLS_PROXY_FORMAT: 'rfc9440' };

describe('mutual TLS', () => {
  it('is off, and its listener closed, unless it is configured', () => {
    const { serve, urls, oauth2 } = load({});
    expect(oauth2.mtls).toEqual({ enabled: false, certificate_authorities: [], proxy: undefined });
    expect([serve.mtls.enabled, serve.mtls.host, serve.mtls.port, urls.self.mtls]).toEqual([
      ...[false, '0.0.0.0', 4446, undefined],
    ]);
  });

  it('has a listener with TLS, and without what browsers and proxies need', () => {
    const { serve } = load({ ...ON, ...LISTENER, SERVE_TLS_ALLOW_TERMINATION_FROM: '10.0.0.0/8' });
    expect(serve.mtls).toMatchObject({
      enabled: true,
      trusted_proxies: [],
      cors: { enabled: false },
      tls: { enabled: true, cert: { path: '/c' }, key: { path: '/k' }, allow_termination_from: [] },
    });
  });

  it('names headers in lower case and the address without a slash at its end', () => {
    const chain = { OAUTH2_MTLS_PROXY_CHAIN_HEADER: 'Client-Cert-Chain' };
    const { oauth2, urls } = load({ ...ON, ...PROXY, ...chain, URLS_SELF_MTLS: 'https://mtls.example/' });
    expect(oauth2.mtls.proxy).toEqual({ header: 'client-cert', chain_header: 'client-cert-chain', format: 'rfc9440' });
    expect(urls.self.mtls).toBe('https://mtls.example');
  });

  it.each<[Record<string, string>, string]>([
    [LISTENER, 'serve.mtls.enabled: expected false, or oauth2.mtls.enabled to be true as well'],
    [{ URLS_SELF_MTLS: 'https://a.example' }, 'urls.self.mtls: expected nothing, or oauth2.mtls.enabled to be true'],
    [{ ...ON, URLS_SELF_MTLS: 'http://a.example' }, 'urls.self.mtls: expected an address that begins with https://'],
    [
      { ...ON, ...LISTENER, SERVE_MTLS_TLS_CERT_PATH: '' },
      'serve.mtls.tls.cert: expected path or base64 of a PEM text, because serve.mtls.enabled is true',
    ],
    [{ ...ON, ...LISTENER, SERVE_MTLS_TLS_KEY_PATH: '' }, 'serve.mtls.tls.key: expected path or base64'],
    [{ ...ON, ...LISTENER, SERVE_MTLS_PORT: '4444' }, 'serve.mtls.port: expected another port than serve.public.port'],
    [{ ...ON, ...LISTENER, SERVE_MTLS_HOST: 'unix:/a' }, 'serve.mtls.host: expected an address, not a unix socket'],
    [
      { ...ON, OAUTH2_MTLS_PROXY_HEADER: 'a' },
      'proxy.format: expected a format, because oauth2.mtls.proxy.header is set',
    ],
    [
      { ...ON, OAUTH2_MTLS_PROXY_FORMAT: 'pem' },
      'proxy.header: expected a name, because oauth2.mtls.proxy.format is set',
    ],
    [
      { ...ON, OAUTH2_MTLS_PROXY_CHAIN_HEADER: 'a' },
      'proxy.header: expected a name, because oauth2.mtls.proxy.chain_header',
    ],
    [
      { ...ON, ...PROXY, OAUTH2_MTLS_PROXY_CHAIN_HEADER: 'client-cert' },
      'chain_header: expected another name than oauth2.mtls.proxy.header',
    ],
    [
      { ...ON, OAUTH2_MTLS_PROXY_HEADER: 'a', OAUTH2_MTLS_PROXY_CHAIN_HEADER: 'b', OAUTH2_MTLS_PROXY_FORMAT: 'xfcc' },
      'chain_header: expected nothing, because oauth2.mtls.proxy.format is xfcc',
    ],
    [
      { ...ON, ...PROXY, OAUTH2_MTLS_PROXY_HEADER: 'Authorization' },
      'proxy.header: expected a header that has no other meaning',
    ],
    [{ ...ON, ...PROXY, OAUTH2_MTLS_PROXY_HEADER: 'a b' }, 'proxy.header: expected the name of a header'],
    [{ ...ON, ...PROXY, OAUTH2_MTLS_PROXY_FORMAT: 'der64' }, 'proxy.format: expected one of rfc9440, xfcc, pem, der'],
    [{ ...ON, OAUTH2_MTLS_CERTIFICATE_AUTHORITIES: '[{}]' }, 'certificate_authorities[0]: expected path or base64'],
  ])('%j does not start', (env, message) => {
    expect(() => load(env)).toThrow(ConfigurationError);
    expect(() => load(env)).toThrow(message);
  });
});
