import { cookieKeptBack } from './cookie-kept-back.js';
import type { LoginReason } from './login-reason.js';
import { noSession } from './no-session.js';
import { promptAsksForLogin } from './prompt-asks-for-login.js';
import { sessionTooOld } from './session-too-old.js';

/** In this order; the first that applies is the reason. */
export const LOGIN_REASONS: readonly LoginReason[] = [promptAsksForLogin, cookieKeptBack, noSession, sessionTooOld];
