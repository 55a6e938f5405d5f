/** The built-in pages that stand where the operator has configured none: each says which key to set. */
import type { FormParams } from '../../http/form-params.js';
import { escapeHtml, page } from '../../http/page.js';

export type FallbackName = 'login' | 'consent' | 'logout' | 'logout/callback' | 'device' | 'device/done';

interface Fallback {
  title: string;
  /** What happened to bring the browser here. */
  text: string;
  /** The configuration key of the page that belongs here. */
  key: string;
}

const FALLBACKS: Record<FallbackName, Fallback> = {
  login: {
    title: 'There is no login page yet',
    text: 'An application asked you to log in. Logging in is the work of a login app, and this server does not know one.',
    key: 'urls.login',
  },
  consent: {
    title: 'There is no consent page yet',
    text: 'You are logged in. Asking what an application may do is the work of a consent app, and this server does not know one.',
    key: 'urls.consent',
  },
  logout: {
    title: 'There is no logout page yet',
    text: 'You are about to log out. Asking whether you want to is the work of a logout page, and this server does not know one.',
    key: 'urls.logout',
  },
  'logout/callback': {
    title: 'You are logged out',
    text: 'You may close this window. No page is configured to go to after a logout.',
    key: 'urls.post_logout_redirect',
  },
  device: {
    title: 'There is no page for the code of a device yet',
    text: 'A device asked you to connect it. Taking its code is the work of a page that this server does not know.',
    key: 'urls.device.verification',
  },
  'device/done': {
    title: 'Your device is connected',
    text: 'You may close this window and go on at the device. No page is configured to say so.',
    key: 'urls.device.success',
  },
};

export const FALLBACK_NAMES = Object.keys(FALLBACKS) as FallbackName[];

export function fallbackPage(name: FallbackName): string {
  const { title, text, key } = FALLBACKS[name];
  return page({ title, body: `<p>${escapeHtml(text)}</p>\n${toOperator(key)}` });
}

/** Shows the error that the query names (RFC 6749 §4.1.2.1), as text. */
export function errorPage(query: FormParams): string {
  const rows = [
    ['Error', query.first('error') ?? 'unknown'],
    ['Description', query.first('error_description') ?? 'No description was given.'],
    ['Hint', query.first('error_hint')],
  ].map(([term, text]) =>
    text === undefined ? '' : `<dt>${escapeHtml(term ?? '')}</dt>\n<dd>${escapeHtml(text)}</dd>\n`,
  );
  const body = `<p>The application's request could not be answered, and could not be sent back to it either.</p>
<dl>
${rows.join('')}</dl>
<p>Go back to the application and try again. If it happens again, tell those who run it what you read here.</p>
${toOperator('urls.error')}`;
  return page({ title: 'Something went wrong', body });
}

function toOperator(key: string): string {
  const variable = key.toUpperCase().replaceAll('.', '_');
  return `<p class="hint">You run this server? Set <code>${key}</code> in its configuration (or <code>${variable}</code> in its \
environment) to the address of your own page, and this one is not shown any more.</p>`;
}
