/**
 * The configuration as the program sees it: the keys of the reference under their own names, so that a search for an
 * operator's key finds its uses. Lifespans and periods are seconds. Every default is filled in (see config.schema.json).
 */
export interface Configuration {
  /** PostgreSQL DSN; undefined or `memory` starts the embedded database. */
  dsn?: string;
  /** Folder of the embedded database. */
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
    admin: ListenerConfiguration;
    cookies: CookieConfiguration;
    /** Processes that serve together, at least 1. */
    workers: number;
    /** Seconds between the end of readiness and the closing of the listeners, and for requests in flight. */
    shutdown: { delay: number; timeout: number };
  };
  /** Bytes. */
  limits: { form: number; admin_json: number; authorize_query: number };
  database: { prepared: 'auto' | 'off'; max_waiting: number; direct_dsn?: string };
  redis: { url?: string; prefix: string; sentinel?: SentinelConfiguration; cluster: string[] };
  keys: KeysConfiguration;
  clients: { http: { disallow_private_ip_ranges: boolean; private_ip_exception_urls: string[] } };
  urls: UrlConfiguration;
  strategies: {
    scope: 'wildcard' | 'exact';
    access_token: 'opaque' | 'jwt';
    jwt: { scope_claim: 'list' | 'string' | 'both'; typ: 'JWT' | 'at+jwt' };
  };
  /** Seconds; `refresh_token` -1: never expires. */
  ttl: {
    login_consent_request: number;
    authentication_session: number;
    access_token: number;
    refresh_token: number;
    id_token: number;
    auth_code: number;
    device_user_code: number;
    vc_nonce: number;
  };
  oauth2: OAuth2Configuration;
  oidc: {
    subject_identifiers: { supported_types: ('public' | 'pairwise')[]; pairwise: { salt: string } };
    /** Seconds. */
    back_channel_logout: { timeout: number; max_age: number };
    dynamic_client_registration: {
      enabled: boolean;
      default_scope: string[];
      /** Empty: everybody may register (RFC 7591 §3). */
      initial_access_token: string;
      /** In ten minutes; 0: any number. */
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
      verifiable_credentials_url?: string;
      supported_claims: string[];
      supported_scope: string[];
    };
  };
  /** `system` is never empty; `cookie` and `pagination` are filled from it where they are not given. */
  secrets: { system: string[]; cookie: string[]; pagination: string[] };
  feature_flags: { legacy_allow_insecure_origins: boolean };
  tracing: TracingConfiguration;
  /** `window`: seconds. */
  rate_limits: { window: number } & Record<LimitedEndpoint, RateLimitConfiguration>;
}

export type LogLevel = 'panic' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface ListenerConfiguration {
  host: string;
  port: number;
  /** Of a unix socket; an empty name is the server's own. */
  socket: { owner: string; group: string; mode: number };
  /** CIDR networks. */
  trusted_proxies: string[];
  /** 0: any number. */
  max_connections: number;
  request_log: { disable_for_health: boolean };
  tls: TlsConfiguration;
  cors: CorsConfiguration;
}

export interface TlsConfiguration {
  enabled: boolean;
  cert: PemSource;
  key: PemSource;
  /** CIDR networks. */
  allow_termination_from: string[];
}

/** A text in base64, which wins, or a file. */
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
  /** Seconds. */
  max_age: number;
}

export interface CookieConfiguration {
  same_site_mode?: 'Strict' | 'Lax' | 'None';
  same_site_legacy_workaround: boolean;
  domain?: string;
  secure: boolean;
  names: { login_csrf: string; consent_csrf: string; device_csrf: string; session: string };
  paths: { session: string };
}

/** Every address is filled in: where the operator gave none it is the built-in page. `issuer` is verbatim. */
export interface UrlConfiguration {
  self: { issuer: string; public: string; admin: string };
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

export interface OAuth2Configuration {
  expose_internal_errors: boolean;
  session: { encrypt_at_rest: boolean };
  exclude_not_before_claim: boolean;
  allowed_top_level_claims: string[];
  mirror_top_level_claims: boolean;
  preserve_ext_claims: boolean;
  hashers: { algorithm: 'pbkdf2' | 'bcrypt'; bcrypt: { cost: number }; pbkdf2: { iterations: number } };
  pkce: { enforced: boolean; enforced_for_public_clients: boolean };
  /** Whether authenticated clients may introspect on the public listener (RFC 7662 §2.1). */
  introspection: { public: boolean };
  client_credentials: { default_grant_allowed_scope: boolean };
  grant: {
    refresh_token: { rotation_grace_period: number; rotation_grace_reuse_count: number };
    jwt: { jti_optional: boolean; iat_optional: boolean; max_ttl: number; omit_assertion_audience: boolean };
  };
  token_hook?: HookConfiguration;
  refresh_token_hook?: HookConfiguration;
  device_authorization: {
    token_polling_interval: number;
    /** Wrong user codes in ten minutes; 0: any number. */
    max_guesses_per_address: number;
    user_code: { length: number; character_set: string };
  };
}

/** The signing keys that the server makes by itself. */
export interface KeysConfiguration {
  /** Of the key that is made for a set that has none. */
  algorithm: 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';
  rsa_bits: number;
  /** Seconds: how long a key signs, how long before it is published, and how long after it stopped. */
  rotation: { enabled: boolean; every: number; publish_ahead: number; keep_retired: number };
}

export interface SentinelConfiguration {
  name: string;
  addresses: string[];
  username?: string;
  password?: string;
}

export interface TracingConfiguration {
  /** Absent: no traces. */
  provider?: 'jaeger' | 'otel' | 'zipkin';
  service_name: string;
  deployment_environment: string;
  providers: {
    otlp: {
      /** `host:port` */
      server_url: string;
      insecure: boolean;
      authorization_header?: string;
      /** Share of the requests that nobody has decided on, 0 to 1. */
      sampling: { sampling_ratio: number };
    };
  };
}

export type LimitedEndpoint = 'token' | 'device_authorization' | 'revocation' | 'introspection';

/** Requests in a window; 0: any number. */
export interface RateLimitConfiguration {
  per_address: number;
  per_client: number;
}
