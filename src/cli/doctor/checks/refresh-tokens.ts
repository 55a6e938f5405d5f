import type { Configuration } from '../../../config/configuration.js';
import { type Finding, ok, warn } from '../finding.js';

const CHECK = 'refresh tokens';

/** With strict rotation (RFC 9700 §4.14.2) a client that repeats a request after a lost response looks like a thief. */
export function checkRefreshTokens({ oauth2 }: Configuration): Finding[] {
  const { rotation_grace_period: grace } = oauth2.grant.refresh_token;
  if (grace > 0) return [ok(CHECK, `a client whose answer was lost may try again for ${grace} s`)];
  const finding = 'no grace period: a client whose answer was lost, as by a crash, is logged out when it tries again';
  return [warn(CHECK, finding, 'Set oauth2.grant.refresh_token.rotation_grace_period to 10s')];
}
