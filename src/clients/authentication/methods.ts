/** The complete list of client authentication methods: a method that is not here is not supported. */
import type { Type } from '@nestjs/common';
import type { AuthenticationMethod } from './authentication-method.js';
import { ClientSecretBasic } from './client-secret-basic.method.js';
import { ClientSecretPost } from './client-secret-post.method.js';
import { None } from './none.method.js';
import { PrivateKeyJwt } from './private-key-jwt.method.js';

const METHODS = {
  client_secret_post: ClientSecretPost,
  client_secret_basic: ClientSecretBasic,
  private_key_jwt: PrivateKeyJwt,
  none: None,
} satisfies Record<string, Type<AuthenticationMethod>>;

/** The values of `token_endpoint_auth_methods_supported`. */
export const AUTHENTICATION_METHODS: readonly string[] = Object.keys(METHODS);

export const METHOD_CLASSES = Object.values(METHODS);

/** Provider token of the list of methods. */
export const METHOD_LIST = Symbol('METHOD_LIST');
