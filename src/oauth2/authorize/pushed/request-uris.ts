/** The `request_uri` of a pushed request: a URN with a random handle (RFC 9126 §2.2). */
import { randomText } from '../../../crypto/random.js';

const PREFIX = 'urn:ietf:params:oauth:request_uri:';
/** 256 bits in base64url (RFC 9126 §7.1: it must not be guessable). */
const HANDLE = /^[A-Za-z0-9_-]{43}$/;

export const newHandle = (): string => randomText(32);

export const requestUriOf = (handle: string): string => PREFIX + handle;

/** Whether a `request_uri` names a pushed request, well-formed or not, and no document of the client. */
export function namesPushedRequest(requestUri: string | undefined): requestUri is string {
  return requestUri?.startsWith(PREFIX) === true;
}

/** Undefined if no handle of this server has this form: such a text costs no read of the store. */
export function handleOf(requestUri: string): string | undefined {
  const handle = requestUri.slice(PREFIX.length);
  return HANDLE.test(handle) ? handle : undefined;
}
