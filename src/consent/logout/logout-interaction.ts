/** The result of a request to the logout endpoint. `cookies` are values of Set-Cookie headers. */
export type LogoutInteraction = LogoutRedirect | FrontChannelLogout;

export interface LogoutRedirect {
  kind: 'redirect';
  location: string;
  cookies: string[];
}

/** A page that loads all frames, then redirects to the target (OpenID Connect Front-Channel Logout §3). */
export interface FrontChannelLogout {
  kind: 'front_channel';
  frames: string[];
  target: string;
  cookies: string[];
}
