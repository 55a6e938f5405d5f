/** The local app of `perform authorization-code`: it sends the browser to the server and receives the response. */
import { escapeHtml } from '../../http/replies/page.js';
import type { Api } from '../api/api.js';
import { failureText } from '../failure-text.js';
import type { Tokens } from '../token/token-listing.js';
import type { AuthorizationRequests } from './authorization-requests.js';
import { consentPage } from './consent-page.js';
import { loginPage } from './login-page.js';
import type { LocalReply, Route } from './local-app.js';

/** The result of a flow: tokens, or a text that says what went wrong. */
export type Outcome = { tokens: Tokens } | { failure: string };

interface CodeApp {
  requests: AuthorizationRequests;
  /** The API that the login and consent pages use. */
  api: Api;
  /** Whether the pages skip people who need not be asked. */
  skip: boolean;
  /** The path of the redirect URI. */
  callback: string;
  ended: (outcome: Outcome) => void;
}

export function codeRoutes({ requests, api, skip, callback, ended }: CodeApp): Map<string, Route> {
  const takeAnswer = answerRoute(requests, ended);
  return new Map([
    ['/', welcome],
    ['/perform-flow', () => ({ location: requests.begin() })],
    ['/login', loginPage(api, skip)],
    ['/consent', consentPage(api, skip)],
    ['/callback', takeAnswer],
    [callback, takeAnswer],
  ]);
}

function welcome(): LocalReply {
  return {
    title: 'Authorization code flow',
    body: '<p>The flow sends you to the server, which asks you to log in and to consent.</p>\n<p><a href="/perform-flow">Begin</a></p>',
  };
}

/** A response with an unknown state does not end the flow: any web site can send a browser here. */
function answerRoute(requests: AuthorizationRequests, ended: CodeApp['ended']): Route {
  return async ({ method, query, form }) => {
    const answer = method === 'POST' ? form : query;
    const asked = requests.answered(answer.get('state') ?? '');
    if (!asked) return problem('This is no answer to a request of this app: its state is unknown. Begin again.', 400);
    const code = answer.get('code');
    if (code === null || answer.has('error')) return refused(answer, ended);
    try {
      const tokens = await requests.redeem(code, asked);
      ended({ tokens });
      return { title: 'Done', body: tokenPage(tokens) };
    } catch (error) {
      ended({ failure: failureText(error) });
      return problem(failureText(error), 502);
    }
  };
}

/** An error response (RFC 6749 §4.1.2.1). */
function refused(answer: URLSearchParams, ended: CodeApp['ended']): LocalReply {
  const [error = 'no code', ...more] = ['error', 'error_description', 'error_hint'].flatMap((name) => {
    const text = answer.get(name);
    return text ? [text] : [];
  });
  const failure = [`The server answered with the error ${error}.`, ...more].join('\n');
  ended({ failure });
  return problem(failure, 200);
}

function problem(text: string, status: number): LocalReply {
  return { title: 'This did not work', body: `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>`, status };
}

function tokenPage(tokens: Tokens): string {
  const parts: [string, string | undefined][] = [
    ['Access token', tokens.access_token],
    ['Refresh token', tokens.refresh_token],
    ['ID token', tokens.id_token],
    ['Expires', tokens.expiry],
  ];
  const shown = parts.map(([name, text]) => `<dt>${name}</dt>\n<dd><code>${escapeHtml(text ?? 'none')}</code></dd>`);
  return `<p>The command has printed the same. You may close this page.</p>\n<dl>\n${shown.join('\n')}\n</dl>`;
}
