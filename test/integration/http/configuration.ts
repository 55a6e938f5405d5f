import type { Configuration } from '../../../src/config/configuration.js';

const cors = {
  enabled: false,
  allowed_origins: [],
  allowed_methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE'],
  allowed_headers: ['Accept', 'Content-Type', 'Content-Length', 'Accept-Language', 'Content-Language', 'Authorization'],
  exposed_headers: ['Cache-Control', 'Expires'],
  allow_credentials: true,
  options_passthrough: false,
  max_age: 0,
};

/** The part of the configuration that `src/http` reads. A test may change it. */
export function httpConfiguration(): Configuration {
  const listener = () => ({
    host: '127.0.0.1',
    port: 0,
    request_log: { disable_for_health: false },
    socket: { owner: '', group: '', mode: 0o755 },
    trusted_proxies: [],
    max_connections: 0,
    tls: { enabled: false, cert: {}, key: {}, allow_termination_from: [] },
    cors: { ...cors },
  });
  const partial = {
    dev: false,
    log: { level: 'info', format: 'json', leak_sensitive_values: false, audit: 'off', redaction_text: '[hidden]' },
    serve: {
      public: listener(),
      admin: { ...listener(), allowed_hosts: [] },
      cookies: {
        same_site_legacy_workaround: false,
        secure: false,
        names: { login_csrf: 'my_login', consent_csrf: 'my_consent', device_csrf: 'my_device', session: 'my_session' },
        paths: { session: '/' },
      },
      shutdown: { delay: 0, timeout: 5 },
    },
    limits: { form: 1_000, admin_json: 2_000, authorize_query: 4_096 },
    clients: {
      http: { disallow_private_ip_ranges: false, private_ip_exception_urls: [] },
      metadata_documents: {
        ...{ enabled: false, allowed_hosts: [], blocked_hosts: [], scope: [] },
        ...{ min_age: 300, max_age: 86_400, max_bytes: 5_120, timeout: 5 },
      },
    },
    urls: {
      self: { issuer: 'https://issuer.example/', public: 'https://issuer.example/', admin: 'http://127.0.0.1:4445/' },
    },
    oauth2: { expose_internal_errors: false, dpop: { enabled: false }, mtls: { enabled: false } },
    secrets: {
      system: ['system secret, long enough'],
      cookie: ['cookie secret, long enough'],
      pagination: ['pagination secret, long enough'],
    },
    feature_flags: { legacy_allow_insecure_origins: false },
  };
  return partial as unknown as Configuration;
}
