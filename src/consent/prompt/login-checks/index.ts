import { checkAuthTime } from './check-auth-time.js';
import { checkIdTokenHint } from './check-id-token-hint.js';
import { checkMaxAge } from './check-max-age.js';
import { checkPromptLogin } from './check-prompt-login.js';
import { checkPromptNone } from './check-prompt-none.js';
import { checkPublicClientWithoutPrompt } from './check-public-client-without-prompt.js';
import type { LoginCheck } from './login-check.js';

/** In this order; the first failure is the answer. */
export const LOGIN_CHECKS: readonly LoginCheck[] = [
  checkPublicClientWithoutPrompt,
  checkAuthTime,
  checkMaxAge,
  checkPromptNone,
  checkPromptLogin,
  checkIdTokenHint,
];
