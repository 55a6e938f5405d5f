import type { LoginReason } from './login-reason.js';

export const noSession: LoginReason = {
  name: 'nobody is logged in',
  applies: ({ session }) => session === undefined,
};
