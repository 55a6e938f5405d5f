/** The addresses of this server that the claim `htu` of a proof may name (RFC 9449 §4.2). */
import type { Configuration } from '../../../config/configuration.js';
import { withoutTrailingSlashes } from '../../../protocol/trailing-slashes.js';
import type { ProofEndpoint } from '../proof-method.js';

type Override = keyof Configuration['webfinger']['oidc_discovery'] & `${string}_url`;

/** The path of each endpoint, and the key by which discovery names another address for it. */
const ENDPOINTS: Record<ProofEndpoint, { path: string; override?: Override }> = {
  token: { path: '/oauth2/token', override: 'token_url' },
  'pushed request': { path: '/oauth2/par' },
  userinfo: { path: '/userinfo', override: 'userinfo_url' },
  credentials: { path: '/credentials', override: 'verifiable_credentials_url' },
};

/** RFC 3986 §2: the characters of an address. A parser of URLs also takes others, which it drops or replaces. */
const ADDRESS = /^https?:\/\/[\w.~:[\]%-][\w.~:/?#[\]@!$&'()*+,;=%-]*$/i;

/** Normalised. A configuration never changes: a reload makes another one. */
const known = new WeakMap<Configuration, Map<ProofEndpoint, ReadonlySet<string>>>();

/** Whether the claim names the endpoint. Query and fragment do not count. */
export function namesEndpoint(htu: string, endpoint: ProofEndpoint, configuration: Configuration): boolean {
  const address = ADDRESS.test(htu) ? normalised(htu) : undefined;
  return address !== undefined && addressesOf(endpoint, configuration).has(address);
}

function addressesOf(endpoint: ProofEndpoint, configuration: Configuration): ReadonlySet<string> {
  const addresses = known.get(configuration) ?? new Map<ProofEndpoint, ReadonlySet<string>>();
  known.set(configuration, addresses);
  const found = addresses.get(endpoint) ?? make(endpoint, configuration);
  addresses.set(endpoint, found);
  return found;
}

function make(endpoint: ProofEndpoint, { urls, webfinger }: Configuration): Set<string> {
  const { path, override } = ENDPOINTS[endpoint];
  const { public: base, issuer, mtls } = urls.self;
  const bases = [base, issuer, ...(mtls === undefined ? [] : [mtls])].map(withoutTrailingSlashes);
  const addresses = [...bases.map((base) => base + path), override && webfinger.oidc_discovery[override]];
  return new Set(addresses.flatMap((address) => (address && normalised(address)) ?? []));
}

/**
 * RFC 3986 §6.2.2, §6.2.3: the case of scheme, host and percent-encodings, the default port, dot segments, and encodings of
 * characters that need none. Undefined for a text that is no absolute web address.
 */
function normalised(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, username, password } = new URL(text);
  if (username || password) return undefined;
  return origin + pathname.replace(/%[0-9a-f]{2}/gi, unencoded);
}

function unencoded(encoding: string): string {
  const character = String.fromCharCode(parseInt(encoding.slice(1), 16));
  return /[\w.~-]/.test(character) ? character : encoding.toUpperCase();
}
