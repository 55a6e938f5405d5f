import type { LoginReason } from './login-reason.js';

/** Silent renewal: the person may well be logged in, but browsers keep cookies from frames of other sites. */
export const cookieKeptBack: LoginReason = {
  name: 'the browser sent no cookie of a login with a frame on another site',
  advice:
    "it blocks third-party cookies, or serve.cookies.same_site_mode is not 'None' over https. Ask in the window itself, or serve issuer and application under one registrable domain",
  applies: ({ session, framed }) => session === undefined && framed === true,
};
