import { loginRequired } from '../../../protocol/oauth-error.js';
import type { LoginCheck } from './login-check.js';

/** OpenID Connect Core §3.1.2.1: measured against the moment of the request. */
export const checkMaxAge: LoginCheck = ({ request: { maxAge }, authTime, requestedAt }) =>
  maxAge !== undefined && maxAge > 0 && authTime + maxAge < requestedAt
    ? loginRequired("The login is older than parameter 'max_age' allows: ask without 'prompt=none'.")
    : undefined;
