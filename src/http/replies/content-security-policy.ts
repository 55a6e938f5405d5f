/** The Content-Security-Policy of the built-in pages (W3C CSP Level 3): it allows only the sources that a page names. */
import { createHash } from 'node:crypto';
import { STYLE_SHEET } from './style-sheet.js';

interface PolicyNeeds {
  /** The text of the inline scripts of the page; each is allowed by its digest, and no other script runs. */
  scripts?: string[];
  /**
   * The targets of the page's forms: sources, or `any` for a form whose target answers with unpredictable redirects
   * (`form_post`: browsers apply the rule to the redirects too). Default: no target.
   */
  formAction?: string[] | 'any';
  /** Sources that the page may frame. Default: none. */
  frames?: string[];
  /** Who may frame the page: `any` for a page that shows nothing and asks nothing. Default: nobody. */
  framedBy?: 'any';
}

export function contentSecurityPolicy(needs: PolicyNeeds = {}): string {
  const directives = ["default-src 'none'", `style-src ${digestOf(STYLE_SHEET)}`, "base-uri 'none'"];
  if (needs.framedBy !== 'any') directives.push("frame-ancestors 'none'");
  if (needs.scripts?.length) directives.push(`script-src ${needs.scripts.map(digestOf).join(' ')}`);
  if (needs.formAction !== 'any') directives.push(`form-action ${sources(needs.formAction)}`);
  if (needs.frames?.length) directives.push(`frame-src ${sources(needs.frames)}`);
  return directives.join('; ');
}

const digestOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A source that holds a space or a separator would add directives of its own. */
function sources(list: string[] = []): string {
  const safe = list.filter((source) => /^[\u0021-\u002b\u002d-\u003a\u003c-\u007e]+$/.test(source));
  return safe.length ? safe.join(' ') : "'none'";
}

/** The policy of a page that contains only text. */
export const CONTENT_SECURITY_POLICY = contentSecurityPolicy();
