import type { LoginReason } from './login-reason.js';

/** OpenID Connect Core §3.1.2.1. Another account is chosen by logging in as it. */
export const promptAsksForLogin: LoginReason = {
  name: 'prompt asks for a login',
  applies: ({ request }) => request.prompt.includes('login') || request.prompt.includes('select_account'),
};
