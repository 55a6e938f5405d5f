/** How a visit to the logout endpoint goes on. `cookies` are whole Set-Cookie lines. */
export type LogoutInteraction = LogoutRedirect | FrontChannelLogout;

export interface LogoutRedirect {
  kind: 'redirect';
  location: string;
  cookies: string[];
}

/** A page loads each of the frames, then goes on to the target (OpenID Connect Front-Channel Logout §3). */
export interface FrontChannelLogout {
  kind: 'front_channel';
  frames: string[];
  target: string;
  cookies: string[];
}
