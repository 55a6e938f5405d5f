import type { FrontChannelLogout } from '../../consent/logout/logout-interaction.js';
import { contentSecurityPolicy } from '../../http/replies/content-security-policy.js';
import type { Reply } from '../../http/replies/reply.js';
import { escapeHtml, page } from '../../http/replies/page.js';
import type { Language } from '../../http/replies/page-language.js';
import { htmlReply } from '../../http/replies/replies.js';
import { FRONT_CHANNEL_TEXTS } from './front-channel-texts.js';

/** The page redirects half a second after the last frame has loaded, and after seven seconds at the latest. */
const SCRIPT = `
const frames = document.querySelectorAll('iframe');
const leave = () => location.replace(document.getElementById('continue').href);
let waiting = frames.length;
for (const frame of frames) frame.addEventListener('load', () => { if (--waiting === 0) setTimeout(leave, 500); });
setTimeout(leave, 7000);
`;

/** The address of a client may redirect to unknown origins, and browsers apply the policy to redirects too. */
const FRAME_SOURCES = ['http:', 'https:'];

/**
 * OpenID Connect Front-Channel Logout §3: a page that loads the logout address of each client of the session in a hidden
 * frame and then redirects. Without scripts there is a link.
 */
export function frontChannelReply({ frames, target }: FrontChannelLogout, lang: Language): Reply {
  const texts = FRONT_CHANNEL_TEXTS[lang];
  const title = escapeHtml(texts.title);
  const iframes = frames.map((src) => `<iframe src="${escapeHtml(src)}" title="${title}" hidden></iframe>`);
  const body = `<p role="status">${escapeHtml(texts.text)}</p>
<p><a id="continue" href="${escapeHtml(target)}">${escapeHtml(texts.next)}</a></p>
${iframes.join('\n')}
<script>${SCRIPT}</script>`;
  const policy = contentSecurityPolicy({ scripts: [SCRIPT], frames: FRAME_SOURCES });
  return htmlReply(200, page({ title: texts.title, body, lang }), { 'content-security-policy': policy });
}
