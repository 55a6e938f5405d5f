import { secondsOf } from '../../seconds.js';
import type { LoginReason } from './login-reason.js';

/** OpenID Connect Core §3.1.2.1, `max_age`. Zero means what `prompt=login` means. */
export const sessionTooOld: LoginReason = {
  name: 'the login is older than max_age',
  applies: ({ request: { maxAge }, session, now }) => {
    if (maxAge === undefined || !session) return false;
    return maxAge === 0 || secondsOf(session.authenticatedAt) + maxAge < secondsOf(now);
  },
};
