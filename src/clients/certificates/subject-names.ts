/** The names by which a certificate can name its owner besides its subject (RFC 5280 §4.2.1.6), each kind in one form. */
import { isIP } from 'node:net';
import type { GeneralName } from '@peculiar/asn1-x509';
import ipaddr from 'ipaddr.js';

type AlternativeKind = 'dns' | 'uri' | 'ip' | 'email';
export type AlternativeNames = Readonly<Record<AlternativeKind, readonly string[]>>;

export function canonicalAlternatives(names: readonly GeneralName[]): AlternativeNames {
  return {
    dns: given(names, ({ dNSName }) => dNSName?.toLowerCase()),
    uri: given(names, ({ uniformResourceIdentifier }) => uniformResourceIdentifier),
    ip: given(names, ({ iPAddress }) => iPAddress && canonicalIp(iPAddress)),
    email: given(names, ({ rfc822Name }) => rfc822Name && canonicalEmail(rfc822Name)),
  };
}

function given(names: readonly GeneralName[], of: (name: GeneralName) => string | undefined): string[] {
  return names.map(of).filter((name) => name !== undefined);
}

/** The bytes of the address, in hexadecimal digits. */
export function canonicalIp(text: string): string | undefined {
  return isIP(text) === 0 ? undefined : Buffer.from(ipaddr.parse(text).toByteArray()).toString('hex');
}

/** RFC 5321 §2.3.11, §2.4: only the domain ignores case. */
export function canonicalEmail(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  return at > 0 && at < text.length - 1 ? text.slice(0, at) + text.slice(at).toLowerCase() : undefined;
}
