/** What the app asks of the OpenID provider, through the library openid-client. */
import * as oidc from 'openid-client';

export class Provider {
  #discovered;

  /** @param {{ issuer: string, adminUrl: string, clientId: string, clientSecret: string, ownUrl: string }} options */
  constructor(options) {
    this.options = options;
    this.redirectUri = `${options.ownUrl}/callback`;
    this.scope = 'openid profile email offline_access';
  }

  /** Where to send the browser for a log-in, and what must be remembered until it comes back. */
  async begin() {
    const pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
    const url = oidc.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.redirectUri,
      scope: this.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, pending };
  }

  /** Exchanges the code; the library checks state, nonce, `iss` and the ID token. @returns the tokens and the claims */
  async finish(query, { state, nonce, verifier }) {
    const url = new URL(`${this.redirectUri}?${query}`);
    const tokens = await oidc.authorizationCodeGrant(await this.#configuration(), url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    return remember(tokens);
  }

  /** New tokens for the refresh token; what the answer leaves out stays as it was. */
  async refresh(tokens) {
    const answer = await oidc.refreshTokenGrant(await this.#configuration(), tokens.refreshToken);
    const fresh = remember(answer);
    return { ...tokens, ...Object.fromEntries(Object.entries(fresh).filter(([, value]) => value !== undefined)) };
  }

  async userinfo({ accessToken, claims }) {
    return oidc.fetchUserInfo(await this.#configuration(), accessToken, claims.sub);
  }

  /**
   * RFC 7662 at the admin listener: what a resource server behind your firewall does with a token that it is shown.
   * An application itself has no need to look into its access tokens.
   */
  async introspect(token) {
    const response = await fetch(new URL('/admin/oauth2/introspect', this.options.adminUrl), {
      method: 'POST',
      body: new URLSearchParams({ token }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`Introspection answered ${response.status}.`);
    return response.json();
  }

  /** Where the browser ends the session at the provider as well. */
  async endSessionUrl({ idToken }, state) {
    return oidc.buildEndSessionUrl(await this.#configuration(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${this.options.ownUrl}/logged-out`,
      state,
    }).href;
  }

  async #configuration() {
    this.#discovered ??= this.#discover();
    try {
      return await this.#discovered;
    } catch (error) {
      this.#discovered = undefined; // the provider may be there next time
      throw error;
    }
  }

  #discover() {
    const { issuer, clientId, clientSecret } = this.options;
    const url = new URL(issuer);
    // Plain http is for this demo on the loopback interface alone.
    const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(url, clientId, undefined, oidc.ClientSecretBasic(clientSecret), { execute });
  }
}

function remember(tokens) {
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    idToken: tokens.id_token,
    claims: tokens.claims(),
  };
}
