/**
 * Judges the path from the certificate of a client over the issuers that it sent to an authority of the operator (RFC 5280
 * §6). The issuers count in the order in which they were sent (RFC 8446 §4.4.2), so that nobody can make the server try many
 * paths. Whether a certificate was revoked is not asked here.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from './certificate.js';

/** Why a path is refused. `untrusted`: it ends at no authority. */
export type PathFault = 'untrusted' | 'weak' | 'unsupported_extension' | 'not_for_clients' | 'not_an_authority';

/** From when to when a certificate, or all of a path, are valid. */
export interface Validity {
  validFrom: Date;
  validTo: Date;
}

/** RFC 5280 §4.2.1.12 */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_PURPOSE = '2.5.29.37.0';

/**
 * A certificate as far as OpenSSL reads it, which is enough for its signature. A stranger can write names and extensions that
 * take long to read: they are read where an authority stands behind them.
 */
export interface Signed {
  x509: X509Certificate;
  publicKey: KeyObject;
}

export interface FoundPaths {
  /** The certificate of the client and the issuers of the longest path, without its authority. */
  links: readonly Signed[];
  /** The authorities, and how many of the links lead there. */
  ends: readonly { authority: Certificate; length: number }[];
  /** Why there are no more. */
  fault: PathFault;
}

/** Undefined where the bytes are no certificate, or more than one. */
export function readSigned(der: Buffer): Signed | undefined {
  try {
    const x509 = new X509Certificate(der);
    return x509.raw.equals(der) ? { x509, publicKey: x509.publicKey } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The paths to the authorities. There are several where an authority was renewed with its key, or where the client also sent
 * what stands above an authority: each certificate has one next one, so the work stays linear.
 * @param sent an issuer that was sent with it; undefined behind the last one
 * @param keyWeakness why a key is too weak, or too costly
 */
export function findPaths(
  leaf: Signed,
  sent: (index: number) => Signed | undefined,
  authorities: readonly Certificate[],
  keyWeakness: (key: KeyObject) => string | undefined,
): FoundPaths {
  const ends: { authority: Certificate; length: number }[] = [];
  const path = [leaf];
  const ended = (fault: PathFault): FoundPaths => ({ links: path.slice(0, ends.at(-1)?.length ?? 0), ends, fault });
  for (let last = leaf; ;) {
    for (const authority of authorities) if (isIssuedBy(last, authority)) ends.push({ authority, length: path.length });
    const next = sent(path.length - 1);
    if (!next || !last.x509.checkIssued(next.x509)) return ended('untrusted');
    if (!next.x509.ca) return ended('not_an_authority');
    if (keyWeakness(next.publicKey) !== undefined) return ended('weak'); // a stranger chose what its use costs
    if (!isIssuedBy(last, next)) return ended('untrusted');
    path.push((last = next));
  }
}

/** The first fault on the path, at whatever time; undefined if there is none. */
export function findPathFault([leaf, ...issuers]: readonly Certificate[]): PathFault | undefined {
  if (!leaf) return 'untrusted';
  if (!isForClients(leaf)) return 'not_for_clients';
  if (issuers.some((issuer, below) => !mayIssue(issuer, below))) return 'not_an_authority';
  for (const certificate of [leaf, ...issuers]) {
    if (certificate.weakness !== undefined) return 'weak';
    if (certificate.unknownExtension !== undefined) return 'unsupported_extension';
  }
  return undefined;
}

/** When all certificates are valid. */
export function validityOf(path: readonly Validity[]): Validity {
  return {
    validFrom: new Date(Math.max(...path.map(({ validFrom }) => validFrom.getTime()))),
    validTo: new Date(Math.min(...path.map(({ validTo }) => validTo.getTime()))),
  };
}

export function isValidAt({ validFrom, validTo }: Validity, now: Date): boolean {
  return validFrom <= now && now <= validTo;
}

/** Whether the names fit, the issuer may sign certificates, and its key made the signature. */
function isIssuedBy({ x509 }: Signed, issuer: Signed): boolean {
  return x509.checkIssued(issuer.x509) && x509.verify(issuer.publicKey);
}

/** RFC 8705 §7.2 leaves it to the deployment. Without the extension a certificate serves every purpose. */
function isForClients({ purposes, keyUsage }: Certificate): boolean {
  return (purposes?.includes(CLIENT_AUTH) ?? true) && (keyUsage?.digitalSignature ?? true);
}

/** @param below the number of authorities between this one and the certificate of the client */
function mayIssue({ isAuthority, keyUsage, pathLength, purposes }: Certificate, below: number): boolean {
  const serves = !purposes || purposes.includes(CLIENT_AUTH) || purposes.includes(ANY_PURPOSE);
  return isAuthority && (keyUsage?.keyCertSign ?? true) && below <= (pathLength ?? below) && serves;
}
