import { loginRequired } from '../../../protocol/oauth-error.js';
import type { LoginCheck } from './login-check.js';

/** OpenID Connect Core §3.1.2.1: the person who logged in is the one that the hint names. */
export const checkIdTokenHint: LoginCheck = ({ request: { idTokenHintClaims }, names }) => {
  if (!idTokenHintClaims || names.includes(String(idTokenHintClaims['sub']))) return undefined;
  return loginRequired("The person who is logged in is not the one that 'id_token_hint' names.");
};
