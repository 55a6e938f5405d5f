/** The discovery members of mutual TLS (RFC 8705 §3.3, §5). */
import type { Configuration } from '../../config/configuration.js';

/** The endpoints that clients call with a certificate, by their members. The listener for mutual TLS serves these and no others. */
const PATHS = {
  token_endpoint: '/oauth2/token',
  pushed_authorization_request_endpoint: '/oauth2/par',
  revocation_endpoint: '/oauth2/revoke',
  introspection_endpoint: '/oauth2/introspect',
  userinfo_endpoint: '/userinfo',
  device_authorization_endpoint: '/oauth2/device/auth',
  backchannel_authentication_endpoint: '/oauth2/ciba/auth',
  registration_endpoint: '/oauth2/register',
};

type Aliases = Partial<Record<keyof typeof PATHS, string>>;

export function mutualTlsMembers(configuration: Configuration) {
  if (!configuration.oauth2.mtls.enabled) return {};
  const { mtls: base } = configuration.urls.self;
  return {
    tls_client_certificate_bound_access_tokens: true,
    ...(base !== undefined && { mtls_endpoint_aliases: aliasesAt(base, configuration) }),
  };
}

function aliasesAt(base: string, { oauth2, oidc }: Configuration): Aliases {
  const isOff: Partial<Record<string, boolean>> = {
    pushed_authorization_request_endpoint: !oauth2.pushed_authorization_requests.enabled,
    introspection_endpoint: !oauth2.introspection.public,
    backchannel_authentication_endpoint: !oidc.ciba.enabled,
    registration_endpoint: !oidc.dynamic_client_registration.enabled,
  };
  const on = Object.entries(PATHS).filter(([name]) => isOff[name] !== true);
  return Object.fromEntries(on.map(([name, path]) => [name, base + path]));
}
