/**
 * RFC 9440: structured fields (RFC 9651). `Client-Cert` is a byte sequence, base64 between colons. `Client-Cert-Chain` is a
 * list of them; a proxy that writes the list as one inner list means the same. Parameters have no meaning here.
 */
import { base64Bytes } from '../../../crypto/base64.js';
import type { CertificateFormat } from './certificate-format.js';
import { each } from './each.js';

export const rfc9440: CertificateFormat = {
  leaf(text) {
    const der = byteSequence(text);
    return der && [der];
  },
  chain(text) {
    const isInner = text.startsWith('(') && text.endsWith(')');
    return each(isInner ? text.slice(1, -1).trim().split(/ +/) : text.split(','), byteSequence);
  },
};

function byteSequence(text: string): Buffer | undefined {
  const bare = text.replaceAll('\t', ' ').trim();
  if (bare.length < 2 || !bare.startsWith(':') || !bare.endsWith(':')) return undefined;
  return base64Bytes(bare.slice(1, -1));
}
