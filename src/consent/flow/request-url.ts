/** The URLs that a flow redirects the browser to: the original request with a verifier, and an app with a challenge. */

/** Proxies cut longer URLs, and servers refuse them. */
const MAX_ADDRESS_CHARACTERS = 4096;
/** The necessary parameters if the whole request is too long; the flow contains the others. */
const KEPT = ['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state'];
/** Secrets that are no parameters of an authorization request (RFC 6749 §4.1.1) and must never be passed on. */
const SECRETS = ['login_verifier', 'consent_verifier', 'device_verifier', 'client_secret', 'client_assertion'];

/** The original request without secrets: it starts a new flow. */
export function withoutSecrets(requestUrl: string): string {
  const url = new URL(requestUrl);
  // Deleting a parameter encodes all others again: delete only if present, so that nothing else changes.
  for (const name of SECRETS) if (url.searchParams.has(name)) url.searchParams.delete(name);
  return url.href;
}

/** The original request with this verifier and no other. */
export function withVerifier(requestUrl: string, name: 'login_verifier' | 'consent_verifier', value: string): string {
  const url = new URL(withoutSecrets(requestUrl));
  url.searchParams.set(name, value);
  if (url.href.length <= MAX_ADDRESS_CHARACTERS) return url.href;
  const kept = KEPT.flatMap((key) =>
    url.searchParams
      .getAll(key)
      .slice(0, 1)
      .map((text): [string, string] => [key, text]),
  );
  url.search = new URLSearchParams([...kept, [name, value]]).toString();
  return url.href;
}

/** The original request with `prompt=login`: the session of the browser does not count. */
export function withFreshLogin(requestUrl: string): string {
  const url = new URL(withoutSecrets(requestUrl));
  url.searchParams.set('prompt', 'login');
  return url.href;
}

/**
 * The URL of an app with the given parameters added to its own.
 * `base` resolves an address that is only a path: `urls.self.public`
 */
export function appUrl(
  { address, base }: { address: string; base: string },
  parameters: Record<string, string | undefined>,
): string {
  const url = new URL(address, base);
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  return url.href;
}
