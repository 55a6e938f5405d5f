import { invalidRequest } from '../../protocol/oauth-error.js';

/** `registration` is the reference's: the app shows its sign-up page. */
const KNOWN = ['login', 'none', 'consent', 'select_account', 'registration'];

/** OpenID Connect Core §3.1.2.1: known words only, and `none` stands alone. @throws OAuthError invalid_request */
export function checkPromptValues(prompt: readonly string[]): void {
  const unknown = prompt.find((value) => !KNOWN.includes(value));
  if (unknown !== undefined) {
    throw invalidRequest(`Parameter 'prompt' knows the values ${KNOWN.join(', ')}, in lower case, not '${unknown}'.`);
  }
  if (prompt.includes('none') && prompt.length > 1) {
    throw invalidRequest("Parameter 'prompt' has 'none' beside other values: send it alone, or leave it out.");
  }
}
