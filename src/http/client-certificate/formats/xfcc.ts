/**
 * `X-Forwarded-Client-Cert` of Envoy: elements separated by commas, one of each hop, with pairs `Key=value` separated by
 * semicolons. A value in quotes may hold any of these. The last element is that of the nearest hop; only its certificates
 * count: `Cert`, and `Chain`, which holds the certificate of the client and its issuers. Both are percent-encoded PEM.
 */
import type { CertificateFormat } from './certificate-format.js';
import { armoured, percentDecoded } from './pem.js';

/** A pair and the separator behind it. The text is read once, from left to right. */
const PAIR = /\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\\\s]*))\s*([,;]|$)/y;
type Certificates = Buffer[] | undefined;

export const xfcc: CertificateFormat = {
  leaf(text) {
    const pairs = lastElement(text);
    if (!pairs) return undefined;
    const [cert, chain] = [read(pairs, 'cert'), read(pairs, 'chain')];
    if (cert === 'unreadable' || chain === 'unreadable') return undefined;
    if (!cert) return chain ?? [];
    const [leaf, ...more] = cert;
    if (!leaf || more.length > 0) return undefined;
    const [first, ...issuers] = chain ?? cert;
    return first?.equals(leaf) ? [leaf, ...issuers] : undefined; // two clients in one element
  },
};

/** The values of the last element by name, names in lower case; undefined where the text is not of this form. */
function lastElement(text: string): Map<string, string[]> | undefined {
  let element = new Map<string, string[]>();
  PAIR.lastIndex = 0;
  for (;;) {
    const found = PAIR.exec(text);
    if (!found) return undefined;
    const [, name = '', quoted, bare = '', separator] = found;
    const key = name.toLowerCase();
    const values = element.get(key) ?? [];
    values.push(quoted ?? bare);
    element.set(key, values);
    if (separator === '') return element;
    if (separator === ',') element = new Map();
  }
}

/** The certificates in a value; undefined where it is absent or empty. */
function read(pairs: ReadonlyMap<string, string[]>, name: string): Certificates | 'unreadable' {
  const [text, ...others] = pairs.get(name) ?? [];
  if (text === undefined || text === '') return undefined;
  const decoded = percentDecoded(text);
  const certificates = decoded === undefined ? undefined : armoured(decoded);
  return others.length > 0 || !certificates?.length ? 'unreadable' : certificates;
}
