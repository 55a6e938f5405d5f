import type { FrontChannelLogout } from '../../consent/logout/logout-interaction.js';
import { contentSecurityPolicy } from '../../http/content-security-policy.js';
import type { Reply } from '../../http/exchange.js';
import type { PageTexts } from '../../http/languages/page-texts.js';
import { escapeHtml, page } from '../../http/page.js';
import { htmlReply } from '../../http/replies.js';

/** Half a second after the last frame has loaded, and after seven seconds at the latest, the page goes on. */
const SCRIPT = `
const frames = document.querySelectorAll('iframe');
const leave = () => location.replace(document.getElementById('continue').href);
let waiting = frames.length;
for (const frame of frames) frame.addEventListener('load', () => { if (--waiting === 0) setTimeout(leave, 500); });
setTimeout(leave, 7000);
`;

/**
 * OpenID Connect Front-Channel Logout §3: a page that loads an address of each client of the session, hidden, then goes
 * on. It may frame those origins alone; without scripts there is a link.
 */
export function frontChannelReply({ frames, target }: FrontChannelLogout, { lang, leaving }: PageTexts): Reply {
  const title = escapeHtml(leaving.title);
  const iframes = frames.map((src) => `<iframe src="${escapeHtml(src)}" title="${title}" hidden></iframe>`);
  const body = `<p role="status">${escapeHtml(leaving.text)}</p>
<p><a id="continue" href="${escapeHtml(target)}">${escapeHtml(leaving.next)}</a></p>
${iframes.join('\n')}
<script>${SCRIPT}</script>`;
  const origins = [...new Set(frames.map((src) => new URL(src).origin))];
  const policy = contentSecurityPolicy({ scripts: [SCRIPT], frames: origins });
  return htmlReply(200, page({ title: leaving.title, body, lang }), { 'content-security-policy': policy });
}
