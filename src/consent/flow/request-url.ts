/** The addresses that a flow sends the browser to: back to the request with a verifier, and on to an app with a challenge. */

/** Longer addresses are cut by proxies and refused by servers on the way. */
const MAX_ADDRESS_CHARACTERS = 4096;
/** What the way back needs where the whole request is too long: the flow knows the rest. */
const KEPT = ['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state'];
const VERIFIERS = ['login_verifier', 'consent_verifier'];

/** The original request with exactly this verifier. */
export function withVerifier(requestUrl: string, name: 'login_verifier' | 'consent_verifier', value: string): string {
  const url = new URL(requestUrl);
  for (const verifier of VERIFIERS) url.searchParams.delete(verifier);
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

/** The original request, asking for a login whoever the browser's session belongs to. */
export function withFreshLogin(requestUrl: string): string {
  const url = new URL(requestUrl);
  for (const verifier of VERIFIERS) url.searchParams.delete(verifier);
  url.searchParams.set('prompt', 'login');
  return url.href;
}

/**
 * The address of an app with our parameters set; its own ones stay.
 * `base` is what an address that is only a path belongs to: `urls.self.public`
 */
export function appUrl(
  { address, base }: { address: string; base: string },
  parameters: Record<string, string | undefined>,
): string {
  const url = new URL(address, base);
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  return url.href;
}
