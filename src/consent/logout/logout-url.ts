/** URLs of a logout. */
import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';

const PATH = '/oauth2/sessions/logout';

/** The logout endpoint with these parameters. @param publicUrl `urls.self.public` */
export function logoutUrl(publicUrl: string, parameters: [string, string][]): string {
  const query = new URLSearchParams(parameters).toString();
  return `${withoutTrailingSlashes(publicUrl)}${PATH}${query ? `?${query}` : ''}`;
}

/** The registered URI of the client, with the `state` that it sent (RP-Initiated Logout §3). */
export function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri;
  const [base = '', ...fragment] = uri.split('#');
  const query = `${base.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`;
  return [base + query, ...fragment].join('#');
}

/** OpenID Connect Front-Channel Logout §2: the URI of the client with the issuer and the session that ends. */
export function frontChannelUrl(uri: string, iss: string, sid: string): string {
  const url = new URL(uri);
  url.searchParams.set('iss', iss);
  url.searchParams.set('sid', sid);
  return url.href;
}
