/** The addresses of the endpoints. Disabled endpoints are left out, unless the configuration names an address for them. */
import type { Configuration } from '../../config/configuration.js';

export function endpointMembers(configuration: Configuration) {
  const { urls, webfinger } = configuration;
  const over = webfinger.oidc_discovery;
  const base = urls.self.public.replace(/\/$/, '');
  return {
    issuer: urls.self.issuer,
    authorization_endpoint: over.auth_url ?? `${base}/oauth2/auth`,
    token_endpoint: over.token_url ?? `${base}/oauth2/token`,
    jwks_uri: over.jwks_url ?? `${urls.self.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    userinfo_endpoint: over.userinfo_url ?? `${base}/userinfo`,
    revocation_endpoint: over.revocation_url ?? `${base}/oauth2/revoke`,
    end_session_endpoint: over.end_session_url ?? `${base}/oauth2/sessions/logout`,
    device_authorization_endpoint: over.device_authorization_url ?? `${base}/oauth2/device/auth`,
    credentials_endpoint_draft_00: over.verifiable_credentials_url ?? `${base}/credentials`,
    ...closableMembers(configuration, base),
  };
}

function closableMembers({ webfinger, oidc, oauth2, clients }: Configuration, base: string) {
  const { client_registration_url, introspection_url } = webfinger.oidc_discovery;
  const registration = oidc.dynamic_client_registration.enabled ? `${base}/oauth2/register` : undefined;
  const introspection = oauth2.introspection.public ? `${base}/oauth2/introspect` : undefined;
  const pushed = oauth2.pushed_authorization_requests;
  const resources = oauth2.protected_resources.map(({ resource }) => resource);
  return {
    registration_endpoint: client_registration_url ?? registration,
    introspection_endpoint: introspection_url ?? introspection,
    ...(resources.length > 0 && { protected_resources: resources }), // RFC 9728 §4
    ...(clients.metadata_documents.enabled && { client_id_metadata_document_supported: true }),
    // RFC 9126 §5
    ...(pushed.enabled && {
      pushed_authorization_request_endpoint: `${base}/oauth2/par`,
      require_pushed_authorization_requests: pushed.required,
    }),
    // CIBA Core §4
    ...(oidc.ciba.enabled && {
      backchannel_authentication_endpoint: `${base}/oauth2/ciba/auth`,
      backchannel_token_delivery_modes_supported: oidc.ciba.delivery_modes,
      backchannel_user_code_parameter_supported: true,
    }),
  };
}
