import { loginRequired } from '../../../protocol/oauth-error.js';
import type { LoginCheck } from './login-check.js';

/** `prompt=login` is answered with a login that came after it. */
export const checkPromptLogin: LoginCheck = ({ request, authTime, requestedAt }) =>
  request.prompt.includes('login') && authTime < requestedAt
    ? loginRequired("The request had 'prompt=login', but the person did not log in again.")
    : undefined;
