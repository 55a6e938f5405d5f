import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { keyOf } from './fault.js';
import { loadConfiguration } from './load-configuration.js';
import { keysBelow, schemaDocument, schemaTree } from './schema-node.js';
import { type ConfigurationTree, withValue } from './configuration-tree.js';
import { schemasBelow, violations } from '../../test/support/configuration-violations.js';

const PRODUCTION = {
  DSN: 'postgres://h/d',
  SECRETS_SYSTEM: 'a-system-secret-of-a-test',
  URLS_SELF_ISSUER: 'https://id.example.com/',
};
const X_KEYWORDS = ['x-secret', 'x-boot', 'x-ignored', 'x-default', 'x-duration', 'x-expects', 'x-env'];

/** The keys of Ory Hydra 26.2. */
const REFERENCE = `
  dsn dev version profiling db.ignore_unknown_table_columns cgroups.v1.auto_max_procs_enabled sqa.opt_out
  feature_flags.legacy_allow_insecure_origins log.level log.format log.leak_sensitive_values log.redaction_text
  ${['public', 'admin']
    .map((listener) =>
      `host port base_url socket.owner socket.group socket.mode request_log.disable_for_health tls.enabled
      tls.cert.path tls.cert.base64 tls.key.path tls.key.base64 tls.allow_termination_from cors.enabled
      cors.allowed_origins cors.allowed_methods cors.allowed_headers cors.exposed_headers cors.allow_credentials
      cors.options_passthrough cors.max_age cors.debug`
        .split(/\s+/)
        .map((key) => `serve.${listener}.${key}`)
        .join(' '),
    )
    .join(' ')}
  serve.tls.enabled serve.tls.cert.path serve.tls.cert.base64 serve.tls.key.path serve.tls.key.base64
  serve.tls.allow_termination_from serve.cookies.same_site_mode serve.cookies.same_site_legacy_workaround
  serve.cookies.domain serve.cookies.secure serve.cookies.names.login_csrf serve.cookies.names.consent_csrf
  serve.cookies.names.device_csrf serve.cookies.names.session serve.cookies.paths.session
  clients.http.disallow_private_ip_ranges clients.http.private_ip_exception_urls hsm.enabled hsm.library hsm.pin hsm.slot
  hsm.token_label hsm.key_set_prefix webfinger.jwks.broadcast_keys webfinger.oidc_discovery.jwks_url
  webfinger.oidc_discovery.token_url webfinger.oidc_discovery.auth_url webfinger.oidc_discovery.device_authorization_url
  webfinger.oidc_discovery.userinfo_url webfinger.oidc_discovery.client_registration_url
  webfinger.oidc_discovery.supported_claims webfinger.oidc_discovery.supported_scope
  webfinger.oidc_discovery.verifiable_credentials_url oidc.subject_identifiers.supported_types
  oidc.subject_identifiers.pairwise.salt oidc.dynamic_client_registration.enabled
  oidc.dynamic_client_registration.default_scope urls.self.issuer urls.self.public urls.self.admin urls.login
  urls.registration urls.consent urls.logout urls.error urls.post_logout_redirect urls.device.verification
  urls.device.success urls.identity_provider.url urls.identity_provider.publicUrl urls.identity_provider.headers
  strategies.scope strategies.access_token strategies.jwt.scope_claim ttl.login_consent_request
  ttl.authentication_session ttl.access_token ttl.refresh_token ttl.id_token ttl.auth_code ttl.device_user_code
  ttl.vc_nonce oauth2.expose_internal_errors oauth2.session.encrypt_at_rest oauth2.exclude_not_before_claim
  oauth2.allowed_top_level_claims oauth2.mirror_top_level_claims oauth2.preserve_ext_claims oauth2.hashers.algorithm
  oauth2.hashers.bcrypt.cost oauth2.hashers.pbkdf2.iterations oauth2.pkce.enforced
  oauth2.pkce.enforced_for_public_clients oauth2.client_credentials.default_grant_allowed_scope
  oauth2.grant.refresh_token.rotation_grace_period oauth2.grant.refresh_token.rotation_grace_reuse_count
  oauth2.grant.jwt.jti_optional oauth2.grant.jwt.iat_optional oauth2.grant.jwt.max_ttl
  oauth2.grant.jwt.omit_assertion_audience oauth2.refresh_token_hook.url oauth2.refresh_token_hook.auth.type
  oauth2.refresh_token_hook.auth.config.in oauth2.refresh_token_hook.auth.config.name
  oauth2.refresh_token_hook.auth.config.value oauth2.token_hook.url oauth2.token_hook.auth.type
  oauth2.token_hook.auth.config.in oauth2.token_hook.auth.config.name oauth2.token_hook.auth.config.value
  oauth2.device_authorization.token_polling_interval oauth2.device_authorization.user_code.entropy_preset
  oauth2.device_authorization.user_code.length oauth2.device_authorization.user_code.character_set secrets.system
  secrets.cookie secrets.pagination tracing.provider tracing.service_name tracing.deployment_environment
  tracing.providers.jaeger.local_agent_address tracing.providers.jaeger.sampling.server_url
  tracing.providers.jaeger.sampling.trace_id_ratio tracing.providers.zipkin.server_url
  tracing.providers.zipkin.sampling.sampling_ratio tracing.providers.otlp.server_url tracing.providers.otlp.insecure
  tracing.providers.otlp.sampling.sampling_ratio tracing.providers.otlp.authorization_header`
  .trim()
  .split(/\s+/);

function strictAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  ajv.addVocabulary(X_KEYWORDS);
  ajvFormats.default(ajv, ['uri', 'uri-reference']);
  ajv.addFormat('cidr', true);
  return ajv;
}

describe('the published schema', () => {
  it('is a valid JSON schema', () => {
    expect(() => strictAjv().compile(schemaDocument())).not.toThrow();
  });

  it('allows its own defaults', () => {
    const validate = strictAjv();
    for (const { path, schema } of schemasBelow(schemaDocument())) {
      if (schema.default === undefined) continue;
      expect(validate.validate({ ...schema, $defs: schemaDocument().$defs }, schema.default), keyOf(path)).toBe(true);
    }
  });

  it('describes every key', () => {
    const silent = [...keysBelow(schemaTree())].filter(({ node }) => node.description === '');
    expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
  });

  it('knows every key of Hydra', () => {
    const known = new Set([...keysBelow(schemaTree())].map(({ path }) => path.join('.')));
    expect(REFERENCE.filter((key) => !known.has(key))).toEqual([]);
  });

  it('refuses unknown keys, except in the groups where Hydra tolerates them', () => {
    const open = [...keysBelow(schemaTree())].filter(({ node }) => node.types.includes('object') && node.open);
    expect(open.map(({ path }) => path.join('.')).sort()).toEqual([
      'feature_flags',
      'oauth2.grant.refresh_token',
      'oauth2.session',
      'serve.admin',
      'serve.admin.cors',
      'serve.cookies.names',
      'serve.cookies.paths',
      'serve.public',
      'serve.public.cors',
      'sqa',
      'urls.device',
    ]);
  });

  it('has a readable expectation for every pattern and format', () => {
    const silent = [...schemasBelow(schemaDocument())].filter(
      ({ schema }) => (schema.pattern ?? schema.format) !== undefined && schema['x-expects'] === undefined,
    );
    expect(silent.map(({ path }) => keyOf(path))).toEqual([]);
  });
});

describe('a configuration', () => {
  it.each(violations())('is refused for $key: $keyword', ({ key, path, value }) => {
    const message = refusal(withValue({}, path, value) as ConfigurationTree);
    expect(message).toContain(`: ${key}`);
    expect(message).not.toContain('another value');
    expect(message).not.toContain('undefined');
  });
});

function refusal(fixed: ConfigurationTree): string {
  try {
    loadConfiguration({ files: [], env: PRODUCTION, fixed });
    return 'it is accepted';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}
