/** Parses the Authorization header of RFC 6749 §2.3.1: Basic (RFC 7617) with id and secret form-urlencoded. */
import { invalidRequest } from '../../protocol/oauth-error.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const HINT =
  "Send 'Basic', then in base64 the client id and the secret, each application/x-www-form-urlencoded, with a colon between.";

/** Undefined where the header is missing or of another scheme. @throws OAuthError invalid_request where it is malformed */
export function readBasicCredentials(header: string | undefined): { clientId: string; secret: string } | undefined {
  const sent = header?.trim() ?? '';
  if (!/^basic(?: |$)/i.test(sent)) return undefined;
  const text = decodeBase64(sent.slice('basic'.length).replace(/^ +/, ''));
  const colon = text.indexOf(':');
  if (colon < 1) throw malformed();
  return { clientId: decodeForm(text.slice(0, colon)), secret: decodeForm(text.slice(colon + 1)) };
}

function decodeBase64(text: string): string {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw malformed();
  try {
    return UTF8.decode(Buffer.from(text, 'base64'));
  } catch (cause) {
    throw malformed(cause);
  }
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): Error {
  return invalidRequest(`The Authorization header cannot be read. ${HINT}`, cause);
}
