import { loginRequired } from '../../../protocol/oauth-error.js';
import type { LoginCheck } from './login-check.js';

/** `prompt=none` is answered with a login that was there before. */
export const checkPromptNone: LoginCheck = ({ request, authTime, requestedAt }) =>
  request.prompt.includes('none') && authTime > requestedAt
    ? loginRequired("The request had 'prompt=none', but the person logged in only afterwards.")
    : undefined;
