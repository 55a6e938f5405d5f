/** The complete list of client authentication methods: a method that is not here is not supported. */
import type { Type } from '@nestjs/common';
import type { Configuration } from '../../config/configuration.js';
import type { AuthenticationMethod } from './authentication-method.js';
import { ClientIdAlone } from './client-id-alone.method.js';
import { ClientSecretBasic } from './client-secret-basic.method.js';
import { ClientSecretPost } from './client-secret-post.method.js';
import { None } from './none.method.js';
import { PrivateKeyJwt } from './private-key-jwt.method.js';
import type { RegisteredMethod } from './registered-method.js';
import { SelfSignedTlsClientAuth } from './self-signed-tls-client-auth.method.js';
import { TlsClientAuth } from './tls-client-auth.method.js';

/** The parameters of the request tell which of these it is. */
const BY_PARAMETERS = {
  client_secret_post: ClientSecretPost,
  client_secret_basic: ClientSecretBasic,
  private_key_jwt: PrivateKeyJwt,
} satisfies Record<string, Type<AuthenticationMethod>>;

/** The registration of the client tells. */
const BY_REGISTRATION = { none: None } satisfies Record<string, Type<RegisteredMethod>>;
const WITH_CERTIFICATE = {
  tls_client_auth: TlsClientAuth,
  self_signed_tls_client_auth: SelfSignedTlsClientAuth,
} satisfies Record<string, Type<RegisteredMethod>>;

/** The values of `token_endpoint_auth_methods_supported`. */
export function authenticationMethods({ oauth2 }: Pick<Configuration, 'oauth2'>): string[] {
  const always = [...Object.keys(BY_PARAMETERS), ...Object.keys(BY_REGISTRATION)];
  return oauth2.mtls.enabled ? [...always, ...Object.keys(WITH_CERTIFICATE)] : always;
}

export const METHOD_CLASSES = [...Object.values(BY_PARAMETERS), ClientIdAlone];
export const REGISTERED_METHOD_CLASSES = [...Object.values(BY_REGISTRATION), ...Object.values(WITH_CERTIFICATE)];

/** Provider token of the list of methods. */
export const METHOD_LIST = Symbol('METHOD_LIST');
