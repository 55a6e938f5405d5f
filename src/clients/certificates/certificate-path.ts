/**
 * Judges the path from the certificate of a client over the issuers that it sent to an authority of the operator (RFC 5280
 * §6). The issuers count in the order in which they were sent (RFC 8446 §4.4.2), so that nobody can make the server try many
 * paths. Whether a certificate was revoked is not asked here.
 */
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

export interface FoundPaths {
  /** Each from the certificate of the client to an authority. */
  paths: readonly (readonly Certificate[])[];
  /** Why there are no more. */
  end: PathFault;
}

/**
 * The paths to the authorities. There are several where an authority was renewed with its key, or where the client also sent
 * what stands above an authority: each certificate has one next one, so the work stays linear.
 * @param sent reads an issuer that was sent with it; undefined behind the last one
 */
export function findPaths(
  leaf: Certificate,
  sent: (index: number) => Certificate | undefined,
  authorities: readonly Certificate[],
): FoundPaths {
  const paths: Certificate[][] = [];
  const path = [leaf];
  let last = leaf;
  for (;;) {
    for (const authority of authorities) if (isIssuedBy(last, authority)) paths.push([...path, authority]);
    const next = sent(path.length - 1);
    if (!next || !last.x509.checkIssued(next.x509)) return { paths, end: 'untrusted' };
    // A stranger chose the key, and so what a verification costs.
    if (next.weakness !== undefined) return { paths, end: 'weak' };
    if (!isIssuedBy(last, next)) return { paths, end: 'untrusted' };
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
function isIssuedBy({ x509 }: Certificate, issuer: Certificate): boolean {
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
