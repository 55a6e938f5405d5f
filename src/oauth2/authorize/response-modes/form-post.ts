import { contentSecurityPolicy } from '../../../http/replies/content-security-policy.js';
import { escapeHtml, page } from '../../../http/replies/page.js';
import { htmlReply } from '../../../http/replies/replies.js';
import type { PlainModeWriter, ResponseParameters } from './response-mode.js';

/** Deliberately old JavaScript that every browser runs. */
const SUBMIT = 'document.forms[0].submit()';

/**
 * `form-action` is not restricted, because browsers apply it to the redirects of the target too. The page may be framed,
 * because apps renew silently in a hidden frame (`prompt=none`): it shows nothing, and its values are sent only to the
 * client's own address. It keeps the opener, because the app may have opened the window. It sends its origin, because a
 * target that checks the origin would otherwise see `null`.
 */
const HEADERS = {
  'content-security-policy': contentSecurityPolicy({ scripts: [SUBMIT], formAction: 'any', framedBy: 'any' }),
  'cross-origin-opener-policy': 'unsafe-none',
  'referrer-policy': 'strict-origin',
};

/** OAuth 2.0 Form Post Response Mode §2: a page that submits its form by script. Without scripts there is a button. */
export const formPost: PlainModeWriter = {
  name: 'form_post',
  write(redirectUri, parameters) {
    const body = `<form method="post" action="${escapeHtml(redirectUri)}">
${hiddenInputs(parameters)}
<noscript>
<p>Your browser runs no scripts here. Go back to the application with the button.</p>
<button type="submit">Continue</button>
</noscript>
</form>
<script>${SUBMIT}</script>`;
    const reply = htmlReply(200, page({ title: 'Going back to the application', body }), HEADERS);
    delete reply.headers['x-frame-options'];
    return reply;
  },
};

function hiddenInputs(parameters: ResponseParameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n');
}
