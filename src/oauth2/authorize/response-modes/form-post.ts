import { contentSecurityPolicy } from '../../../http/content-security-policy.js';
import { escapeHtml, page } from '../../../http/page.js';
import { htmlReply } from '../../../http/replies.js';
import type { ResponseModeWriter, ResponseParameters } from './response-mode.js';

/** Old-fashioned on purpose: every browser that posts forms runs it. */
const SUBMIT = 'document.forms[0].submit()';

/**
 * Where the form may go cannot be named: browsers apply `form-action` to the redirects of the target too. Apps renew
 * silently in a hidden frame (`prompt=none`), so it may be framed: it shows nothing, and its values go to the client's
 * own address alone. The page is part of an address in a window that the app may have opened, so it keeps the opener; and
 * it tells the target which origin posts, for a target that checks would see `null` otherwise.
 */
const HEADERS = {
  'content-security-policy': contentSecurityPolicy({ scripts: [SUBMIT], formAction: 'any', framedBy: 'any' }),
  'cross-origin-opener-policy': 'unsafe-none',
  'referrer-policy': 'strict-origin',
};

/** OAuth 2.0 Form Post Response Mode §2: a page whose form posts itself. Without scripts there is a button. */
export const formPost: ResponseModeWriter = {
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
    delete reply.headers?.['x-frame-options'];
    return reply;
  },
};

function hiddenInputs(parameters: ResponseParameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n');
}
