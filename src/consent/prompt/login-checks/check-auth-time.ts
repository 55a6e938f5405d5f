import { serverError } from '../../../protocol/oauth-error.js';
import type { LoginCheck } from './login-check.js';

/** Clocks of replicas may differ by this much. */
const LEEWAY_SECONDS = 5;

export const checkAuthTime: LoginCheck = ({ authTime, now }) =>
  authTime > now + LEEWAY_SECONDS
    ? serverError('The time of the login lies in the future: synchronise the clocks of the servers.')
    : undefined;
