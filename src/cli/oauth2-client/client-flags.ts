/** The flags of `create oauth2-client` and `update oauth2-client`: one line for each, with the client member that it sets. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseJson } from '../../protocol/json.js';
import { commaList } from '../input/comma-list.js';

interface ClientFlag {
  name: string;
  /** The member of the client document. */
  member: string;
  /** `words` is a list that the document holds as one text separated by spaces. Default: text. */
  kind?: 'text' | 'list' | 'words' | 'boolean' | 'json' | 'seconds';
  description: string;
  /** The value that `create` sends when the flag is not given. */
  standard?: unknown;
}

export const CLIENT_FLAGS: readonly ClientFlag[] = [
  { name: 'name', member: 'client_name', description: 'display name' },
  { name: 'secret', member: 'client_secret', description: 'secret; left out on creation: a random one' },
  { name: 'redirect-uri', member: 'redirect_uris', kind: 'list', description: 'where the browser may be sent back to' },
  {
    name: 'grant-type',
    member: 'grant_types',
    kind: 'list',
    description: 'grant types that the client may use',
    standard: ['authorization_code'],
  },
  {
    name: 'response-type',
    member: 'response_types',
    kind: 'list',
    description: 'response types that the client may use',
    standard: ['code'],
  },
  { name: 'scope', member: 'scope', kind: 'words', description: 'scopes that the client may ask for' },
  { name: 'audience', member: 'audience', kind: 'list', description: 'audiences that the client may ask for' },
  {
    name: 'token-endpoint-auth-method',
    member: 'token_endpoint_auth_method',
    description: 'client_secret_basic, …_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth, none',
    standard: 'client_secret_basic',
  },
  { name: 'application-type', member: 'application_type', description: 'native or web' },
  {
    name: 'tls-client-auth-subject-dn',
    member: 'tls_client_auth_subject_dn',
    description: 'subject of the certificate of the client (RFC 4514)',
  },
  {
    name: 'tls-client-auth-san-dns',
    member: 'tls_client_auth_san_dns',
    description: 'host name in the certificate of the client',
  },
  {
    name: 'tls-client-auth-san-uri',
    member: 'tls_client_auth_san_uri',
    description: 'URI in the certificate of the client',
  },
  {
    name: 'tls-client-auth-san-ip',
    member: 'tls_client_auth_san_ip',
    description: 'IP address in the certificate of the client',
  },
  {
    name: 'tls-client-auth-san-email',
    member: 'tls_client_auth_san_email',
    description: 'e-mail address in the certificate of the client',
  },
  {
    name: 'tls-client-certificate-bound-access-tokens',
    member: 'tls_client_certificate_bound_access_tokens',
    kind: 'boolean',
    description: 'access tokens are bound to the certificate of the client',
  },
  {
    name: 'use-mtls-endpoint-aliases',
    member: 'use_mtls_endpoint_aliases',
    kind: 'boolean',
    description: 'a note that the client uses the addresses for mutual TLS',
  },
  { name: 'jwks-uri', member: 'jwks_uri', description: 'where the client publishes its keys' },
  { name: 'policy-uri', member: 'policy_uri', description: 'address of the privacy policy' },
  { name: 'tos-uri', member: 'tos_uri', description: 'address of the terms of service' },
  { name: 'client-uri', member: 'client_uri', description: 'address of a page about the client' },
  { name: 'logo-uri', member: 'logo_uri', description: 'address of the logo' },
  {
    name: 'initiate-login-uri',
    member: 'initiate_login_uri',
    description: 'https address at which others may begin a login',
  },
  {
    name: 'allowed-cors-origin',
    member: 'allowed_cors_origins',
    kind: 'list',
    description: 'origins whose scripts may call the server',
  },
  { name: 'contact', member: 'contacts', kind: 'list', description: 'how to reach those responsible' },
  { name: 'owner', member: 'owner', description: 'owner of the client' },
  { name: 'metadata', member: 'metadata', kind: 'json', description: 'any JSON of your own', standard: {} },
  { name: 'subject-type', member: 'subject_type', description: 'public or pairwise' },
  {
    name: 'sector-identifier-uri',
    member: 'sector_identifier_uri',
    description: 'https address of the list of redirect URIs',
  },
  { name: 'request-uri', member: 'request_uris', kind: 'list', description: 'addresses of request objects' },
  {
    name: 'request-object-signing-alg',
    member: 'request_object_signing_alg',
    description: 'algorithm of request objects',
    standard: 'RS256',
  },
  {
    name: 'require-signed-request-object',
    member: 'require_signed_request_object',
    kind: 'boolean',
    description: 'authorization requests must be signed request objects',
  },
  {
    name: 'require-pushed-authorization-requests',
    member: 'require_pushed_authorization_requests',
    kind: 'boolean',
    description: 'authorization requests must be pushed',
  },
  {
    name: 'dpop-bound-access-tokens',
    member: 'dpop_bound_access_tokens',
    kind: 'boolean',
    description: 'every access token is bound to a key (DPoP)',
  },
  {
    name: 'security-profile',
    member: 'security_profile',
    description: 'rules that hold for the client: fapi-2.0 or fapi-2.0-message-signing',
  },
  {
    name: 'id-token-signed-response-alg',
    member: 'id_token_signed_response_alg',
    description: 'algorithm of ID tokens',
  },
  {
    name: 'userinfo-signed-response-alg',
    member: 'userinfo_signed_response_alg',
    description: 'algorithm of userinfo, or none',
  },
  {
    name: 'authorization-signed-response-alg',
    member: 'authorization_signed_response_alg',
    description: 'algorithm of authorization responses that are JWTs',
  },
  {
    name: 'introspection-signed-response-alg',
    member: 'introspection_signed_response_alg',
    description: 'algorithm of introspection responses that are JWTs',
  },
  {
    name: 'id-token-encrypted-response-alg',
    member: 'id_token_encrypted_response_alg',
    description: 'algorithm with which ID tokens are encrypted',
  },
  {
    name: 'id-token-encrypted-response-enc',
    member: 'id_token_encrypted_response_enc',
    description: 'content algorithm with which ID tokens are encrypted',
  },
  {
    name: 'userinfo-encrypted-response-alg',
    member: 'userinfo_encrypted_response_alg',
    description: 'algorithm with which userinfo is encrypted',
  },
  {
    name: 'userinfo-encrypted-response-enc',
    member: 'userinfo_encrypted_response_enc',
    description: 'content algorithm with which userinfo is encrypted',
  },
  {
    name: 'authorization-encrypted-response-alg',
    member: 'authorization_encrypted_response_alg',
    description: 'algorithm with which authorization responses are encrypted',
  },
  {
    name: 'authorization-encrypted-response-enc',
    member: 'authorization_encrypted_response_enc',
    description: 'content algorithm with which authorization responses are encrypted',
  },
  {
    name: 'introspection-encrypted-response-alg',
    member: 'introspection_encrypted_response_alg',
    description: 'algorithm with which introspection responses are encrypted',
  },
  {
    name: 'introspection-encrypted-response-enc',
    member: 'introspection_encrypted_response_enc',
    description: 'content algorithm with which introspection responses are encrypted',
  },
  {
    name: 'request-object-encryption-alg',
    member: 'request_object_encryption_alg',
    description: 'algorithm with which request objects must be encrypted',
  },
  {
    name: 'request-object-encryption-enc',
    member: 'request_object_encryption_enc',
    description: 'content algorithm with which request objects must be encrypted',
  },
  {
    name: 'authorization-details-types',
    member: 'authorization_details_types',
    kind: 'list',
    description: 'types of authorization details that the client may ask for',
  },
  {
    name: 'default-max-age',
    member: 'default_max_age',
    kind: 'seconds',
    description: 'seconds after which a login is too old, for requests that do not tell',
  },
  {
    name: 'default-acr-values',
    member: 'default_acr_values',
    kind: 'list',
    description: 'authentication context classes, for requests that ask for none',
  },
  {
    name: 'require-auth-time',
    member: 'require_auth_time',
    kind: 'boolean',
    description: 'ID tokens must tell when the user logged in',
  },
  {
    name: 'post-logout-callback',
    member: 'post_logout_redirect_uris',
    kind: 'list',
    description: 'where the browser may be sent after a logout',
  },
  {
    name: 'backchannel-logout-callback',
    member: 'backchannel_logout_uri',
    description: 'where logout tokens are sent',
  },
  {
    name: 'backchannel-logout-session-required',
    member: 'backchannel_logout_session_required',
    kind: 'boolean',
    description: 'logout tokens must name the session',
  },
  {
    name: 'frontchannel-logout-callback',
    member: 'frontchannel_logout_uri',
    description: 'page that is framed at a logout',
  },
  {
    name: 'frontchannel-logout-session-required',
    member: 'frontchannel_logout_session_required',
    kind: 'boolean',
    description: 'the framed page must receive the session',
  },
  {
    name: 'backchannel-token-delivery-mode',
    member: 'backchannel_token_delivery_mode',
    description: 'how the client learns that the user has answered (CIBA): poll or ping',
  },
  {
    name: 'backchannel-client-notification-endpoint',
    member: 'backchannel_client_notification_endpoint',
    description: 'what is called when the user has answered (CIBA ping)',
  },
  {
    name: 'backchannel-authentication-request-signing-alg',
    member: 'backchannel_authentication_request_signing_alg',
    description: 'algorithm of signed backchannel authentication requests (CIBA)',
  },
  {
    name: 'backchannel-user-code-parameter',
    member: 'backchannel_user_code_parameter',
    kind: 'boolean',
    description: 'the client sends a code that the user knows (CIBA)',
  },
  { name: 'skip-consent', member: 'skip_consent', kind: 'boolean', description: 'do not ask people for consent' },
  {
    name: 'skip-logout-consent',
    member: 'skip_logout_consent',
    kind: 'boolean',
    description: 'do not ask people to confirm a logout',
  },
  { name: 'access-token-strategy', member: 'access_token_strategy', description: 'jwt or opaque' },
];

const ARGUMENTS = {
  ...{ text: '<text>', list: '<list>', words: '<list>', json: '<json>', boolean: '', seconds: '<seconds>' },
};

export function withClientFlags(command: Command): Command {
  for (const { name, kind = 'text', description } of CLIENT_FLAGS) {
    const option = new Option(`--${name} ${ARGUMENTS[kind]}`.trim(), description);
    if (kind === 'list' || kind === 'words') option.argParser(commaList);
    if (kind === 'json') option.argParser(jsonText);
    if (kind === 'seconds') option.argParser(wholeSeconds);
    command.addOption(option);
    if (kind === 'boolean') command.addOption(new Option(`--no-${name}`).hideHelp());
  }
  return command;
}

/** The members that the given flags set, in the order of the table. */
export function givenMembers(command: Command): [member: string, value: unknown][] {
  return CLIENT_FLAGS.flatMap(({ name, member, kind }): [string, unknown][] => {
    const attribute = attributeOf(name);
    if (command.getOptionValueSource(attribute) !== 'cli') return [];
    return [[member, memberValue(kind, command.getOptionValue(attribute))]];
  });
}

function memberValue(kind: ClientFlag['kind'], value: unknown): unknown {
  if (kind === 'words') return (value as string[]).join(' ');
  return kind === 'json' ? parseJson(value as string) : value;
}

/** Makes a new client from the flags. */
export function clientFromFlags(command: Command): Record<string, unknown> {
  const standards = CLIENT_FLAGS.filter(({ standard }) => standard !== undefined);
  return {
    ...Object.fromEntries(standards.map(({ member, standard }) => [member, standard])),
    ...Object.fromEntries(givenMembers(command)),
  };
}

/** Those of these flags that were given, as they are spelled on the command line. */
export function givenFlags(command: Command): string[] {
  return CLIENT_FLAGS.filter(({ name }) => command.getOptionValueSource(attributeOf(name)) === 'cli').map(
    ({ name }) => `--${name}`,
  );
}

const attributeOf = (name: string): string => new Option(`--${name}`).attributeName();

function wholeSeconds(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number of seconds, for example 3600.');
}

/** The value stays one text, because commander does not accept null for it. */
function jsonText(text: string): string {
  try {
    parseJson(text);
    return text;
  } catch {
    throw new InvalidArgumentError('Write JSON, for example {"team":"a"}.');
  }
}
