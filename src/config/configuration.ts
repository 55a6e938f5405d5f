import type { JsonObject } from '../protocol/json.js';

/**
 * The configuration as the program reads it. Keys have the names of Hydra, so that a search for a key finds its uses.
 * Durations are in seconds. Every default is filled in (see config.schema.json).
 */
export interface Configuration {
  /** The DSN of PostgreSQL. If it is undefined or `memory`, the embedded database is started. */
  dsn?: string;
  /** The folder of the embedded database. */
  data_dir: string;
  dev: boolean;
  log: {
    level: LogLevel;
    format: 'json' | 'json_pretty' | 'text';
    leak_sensitive_values: boolean;
    /** `off`, `stdout`, `stderr`, or the path of a file. */
    audit: string;
    redaction_text: string;
  };
  serve: {
    public: ListenerConfiguration;
    admin: AdminListenerConfiguration;
    mtls: MutualTlsListenerConfiguration;
    cookies: CookieConfiguration;
    /** The number of processes that serve requests, at least 1. */
    workers: number;
    /** In seconds: from the end of readiness to the closing of the listeners, and the time for running requests. */
    shutdown: { delay: number; timeout: number };
  };
  /** In bytes. */
  limits: { form: number; admin_json: number; authorize_query: number };
  /** `max_wait` is in seconds. */
  database: { prepared: 'auto' | 'off'; max_waiting: number; max_wait: number; direct_dsn?: string };
  redis: { url?: string; prefix: string; sentinel?: SentinelConfiguration; cluster: string[] };
  keys: KeysConfiguration;
  clients: {
    http: { disallow_private_ip_ranges: boolean; private_ip_exception_urls: string[] };
    metadata_documents: MetadataDocumentConfiguration;
  };
  urls: UrlConfiguration;
  strategies: {
    scope: 'wildcard' | 'exact';
    access_token: 'opaque' | 'jwt';
    jwt: {
      profile: 'hydra' | 'rfc9068';
      /** Absent or empty: the issuer. */
      default_audience?: string;
      scope_claim: 'list' | 'string' | 'both';
      typ: 'JWT' | 'at+jwt';
    };
  };
  /** In seconds. `refresh_token` may be -1: it never expires. */
  ttl: {
    login_consent_request: number;
    authentication_session: number;
    access_token: number;
    refresh_token: number;
    id_token: number;
    auth_code: number;
    device_user_code: number;
    vc_nonce: number;
    pushed_authorization_request: number;
    authorization_response: number;
    ciba_request: number;
  };
  oauth2: OAuth2Configuration;
  oidc: {
    id_token_claims: 'full' | 'minimal';
    requested_at_claim: boolean;
    claims_parameter: { enabled: boolean };
    ciba: CibaConfiguration;
    subject_identifiers: { supported_types: ('public' | 'pairwise')[]; pairwise: { salt: string } };
    /** In seconds. */
    back_channel_logout: { timeout: number; max_age: number };
    dynamic_client_registration: {
      enabled: boolean;
      default_scope: string[];
      /** Scopes that clients may register for themselves. Only an administrator gives others. */
      allowed_scopes: string[];
      allowed_audience: string[];
      allowed_grant_types: string[];
      /** If it is empty, anybody may register a client (RFC 7591 §3). */
      initial_access_token: string;
      /** In ten minutes; 0: no limit. */
      max_registrations_per_address: number;
    };
  };
  webfinger: {
    jwks: { broadcast_keys: string[] };
    oidc_discovery: {
      jwks_url?: string;
      token_url?: string;
      auth_url?: string;
      device_authorization_url?: string;
      userinfo_url?: string;
      client_registration_url?: string;
      revocation_url?: string;
      introspection_url?: string;
      end_session_url?: string;
      verifiable_credentials_url?: string;
      supported_claims: string[];
      supported_scope: string[];
    };
  };
  /**
   * `system` is never empty. It stands in for `cookie` and `pagination` if they are not given. `own_cookie` is
   * `secrets.cookie` as given, and empty if it is not.
   */
  secrets: { system: string[]; cookie: string[]; own_cookie: string[]; pagination: string[]; accept_unbound: boolean };
  feature_flags: { legacy_allow_insecure_origins: boolean };
  tracing: TracingConfiguration;
  /** `window` is in seconds. */
  rate_limits: { window: number; open_flows_per_address: number } & Record<LimitedEndpoint, RateLimitConfiguration>;
}

export type LogLevel = 'panic' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface ListenerConfiguration {
  /** If it is empty, the server listens on all addresses, IPv6 and IPv4. */
  host: string;
  port: number;
  /** The unix socket. An empty owner or group is that of the server. */
  socket: { owner: string; group: string; mode: number };
  /** CIDR networks. */
  trusted_proxies: string[];
  /** 0: no limit. */
  max_connections: number;
  request_log: { disable_for_health: boolean };
  tls: TlsConfiguration;
  cors: CorsConfiguration;
}

export interface AdminListenerConfiguration extends ListenerConfiguration {
  /** Host names under which browsers may reach it, without a port. */
  allowed_hosts: string[];
}

/** The listener that asks clients for a certificate (RFC 8705). What its keys do not say is fixed: TLS is on, and CORS off. */
export interface MutualTlsListenerConfiguration extends ListenerConfiguration {
  enabled: boolean;
}

export interface TlsConfiguration {
  enabled: boolean;
  cert: PemSource;
  key: PemSource;
  /** CIDR networks. */
  allow_termination_from: string[];
}

/** A PEM text in base64, or the path of a file. `base64` takes precedence. */
export interface PemSource {
  path?: string;
  base64?: string;
}

export interface CorsConfiguration {
  enabled: boolean;
  allowed_origins: string[];
  allowed_methods: string[];
  allowed_headers: string[];
  exposed_headers: string[];
  allow_credentials: boolean;
  options_passthrough: boolean;
  /** In seconds. */
  max_age: number;
}

interface CookieConfiguration {
  same_site_mode?: 'Strict' | 'Lax' | 'None';
  same_site_legacy_workaround: boolean;
  domain?: string;
  secure: boolean;
  names: { login_csrf: string; consent_csrf: string; device_csrf: string; session: string };
  paths: { session: string };
}

/** Every address is filled in: without one from the operator it is the built-in page. `issuer` is unchanged. */
export interface UrlConfiguration {
  self: {
    issuer: string;
    public: string;
    admin: string;
    /** Without a slash at its end. Absent: discovery has no aliases. */
    mtls?: string;
  };
  login: string;
  registration: string;
  consent: string;
  logout: string;
  error: string;
  post_logout_redirect: string;
  device: { verification: string; success: string };
  identity_provider: { url?: string; publicUrl?: string; headers: Record<string, string> };
}

export interface HookConfiguration {
  url: string;
  auth?: { type: 'api_key'; config: { in: 'header' | 'cookie'; name: string; value: string } };
}

/** CIBA Core 1.0. */
export interface CibaConfiguration {
  enabled: boolean;
  delivery_modes: ('poll' | 'ping')[];
  /** In seconds. */
  interval: number;
  /** Present if it is enabled. */
  hook?: HookConfiguration;
  max_open_per_hint: number;
}

/** Client id metadata documents. Durations are in seconds. */
export interface MetadataDocumentConfiguration {
  enabled: boolean;
  /** Empty: any host. */
  allowed_hosts: string[];
  blocked_hosts: string[];
  /** What such a client may ask for at most. */
  scope: string[];
  min_age: number;
  max_age: number;
  max_bytes: number;
  timeout: number;
}

/** An API whose metadata is served (RFC 9728 §2). */
export interface ProtectedResource {
  resource: string;
  resource_name?: string;
  scopes_supported?: string[];
  dpop_bound_access_tokens_required?: boolean;
  /** Whether every client may ask for tokens for it (RFC 8707). Default: true. */
  any_client?: boolean;
}

/** RFC 9449. Durations are in seconds. */
export interface DpopConfiguration {
  enabled: boolean;
  signing_algs: string[];
  nonce: 'off' | 'optional' | 'required';
  nonce_lifetime: number;
  max_age: number;
  clock_skew: number;
  replay: 'marks' | 'off';
}

export interface OAuth2Configuration {
  expose_internal_errors: boolean;
  session: { encrypt_at_rest: boolean };
  exclude_not_before_claim: boolean;
  allowed_top_level_claims: string[];
  mirror_top_level_claims: boolean;
  preserve_ext_claims: boolean;
  hashers: { algorithm: 'pbkdf2' | 'bcrypt'; bcrypt: { cost: number }; pbkdf2: { iterations: number } };
  pkce: { enforced: boolean; enforced_for_public_clients: boolean };
  step_up: { enabled: boolean; acr_values: string[] };
  /** Whether authenticated clients may introspect on the public listener (RFC 7662 §2.1). */
  introspection: { public: boolean; jwt: boolean };
  /** RFC 9126. */
  pushed_authorization_requests: { enabled: boolean; required: boolean; allow_unregistered_redirect_uris: boolean };
  /** Authorization responses as JWTs (JARM). */
  jarm: { enabled: boolean };
  /** RFC 8693. `impersonation`: without an actor token nobody is said to act. */
  token_exchange: { enabled: boolean; impersonation: boolean };
  /** RFC 8707. */
  resource_indicators: { enabled: boolean };
  protected_resources: ProtectedResource[];
  /** Encryption of what clients get and send (JWE, RFC 7516). */
  encryption: { enabled: boolean; algs: string[]; encs: string[] };
  /** The least that every client has. */
  security_profile?: 'fapi-2.0' | 'fapi-2.0-message-signing';
  /** RFC 9101. Without `signing_algs` every algorithm is allowed that this server knows. */
  request_objects: { require_signed: boolean; signing_algs?: string[] };
  /** RFC 9396. Without types it is off. */
  authorization_details: { types: readonly DetailType[] };
  dpop: DpopConfiguration;
  mtls: MutualTlsConfiguration;
  /** Conditions for access tokens at the userinfo and credentials endpoints. */
  userinfo: { require_openid: boolean; token_in_query: boolean };
  client_credentials: { default_grant_allowed_scope: boolean };
  grant: {
    refresh_token: { rotation_grace_period: number; rotation_grace_reuse_count: number };
    jwt: {
      jti_optional: boolean;
      iat_optional: boolean;
      max_ttl: number;
      omit_assertion_audience: boolean;
      client_authentication_optional: boolean;
    };
  };
  token_hook?: HookConfiguration;
  refresh_token_hook?: HookConfiguration;
  device_authorization: {
    token_polling_interval: number;
    /** Wrong user codes in ten minutes; 0: no limit. */
    max_guesses_per_address: number;
    user_code: { length: number; character_set: string };
  };
}

/** A type of authorization details. */
export interface DetailType {
  type: string;
  /** The path of its JSON Schema. */
  schema?: string;
  /** The JSON Schema in that file. */
  definition?: JsonObject;
}

/** RFC 8705. */
export interface MutualTlsConfiguration {
  enabled: boolean;
  certificate_authorities: PemSource[];
  /** Absent: no proxy passes on certificates. Names of headers are in lower case. */
  proxy?: { header: string; chain_header?: string; format: CertificateFormat };
}

export type CertificateFormat = 'rfc9440' | 'xfcc' | 'pem' | 'der';

/** The signing keys that the server generates. */
export interface KeysConfiguration {
  /** The algorithm of the key that is generated for a set without a key. */
  algorithm: 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';
  rsa_bits: number;
  /** In seconds: how long a key signs, and how long it is published before and after that. */
  rotation: { enabled: boolean; every: number; publish_ahead: number; keep_retired: number };
}

export interface SentinelConfiguration {
  name: string;
  addresses: string[];
  username?: string;
  password?: string;
}

export interface TracingConfiguration {
  /** If it is absent, no traces are sent. */
  provider?: 'jaeger' | 'otel' | 'zipkin';
  service_name: string;
  deployment_environment: string;
  providers: {
    otlp: {
      /** `host:port` */
      server_url: string;
      insecure: boolean;
      authorization_header?: string;
      /** The share of requests, from 0 to 1, that are traced if the caller has not decided. */
      sampling: { sampling_ratio: number };
    };
  };
}

export type LimitedEndpoint = 'token' | 'device_authorization' | 'revocation' | 'introspection';

/** The number of requests in a window; 0: no limit. */
export interface RateLimitConfiguration {
  per_address: number;
  per_client: number;
}
