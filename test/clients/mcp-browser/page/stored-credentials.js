/** What the library wants kept between two pages: an OAuthClientProvider over a storage. */
export class StoredCredentials {
  constructor(storage) {
    this.storage = storage;
  }

  get redirectUrl() {
    return `${location.origin}/callback`;
  }

  get clientMetadata() {
    return {
      client_name: 'A page that speaks MCP',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state() {
    return this.#keep('state', crypto.randomUUID());
  }

  /** It counts once. */
  takeState() {
    const state = this.#read('state');
    this.#forget('state');
    return state;
  }

  clientInformation() {
    return this.#read('client');
  }

  saveClientInformation(client) {
    this.#keep('client', client);
  }

  tokens() {
    return this.#read('tokens');
  }

  saveTokens(tokens) {
    this.#keep('tokens', tokens);
  }

  codeVerifier() {
    return this.#read('verifier');
  }

  saveCodeVerifier(verifier) {
    this.#keep('verifier', verifier);
  }

  redirectToAuthorization(url) {
    location.assign(url);
  }

  invalidateCredentials(which) {
    const all = ['client', 'tokens', 'verifier'];
    for (const name of which === 'all' ? all : [which]) this.#forget(name);
  }

  #keep(name, value) {
    this.storage.setItem(name, JSON.stringify(value));
    return value;
  }

  #read(name) {
    return JSON.parse(this.storage.getItem(name)) ?? undefined;
  }

  #forget(name) {
    this.storage.removeItem(name);
  }
}
