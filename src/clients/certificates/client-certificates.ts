/** Verifies certificates of clients against the authorities of the operator, and says what names they certify. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../../crypto/digest.js';
import type { PresentedCertificate } from '../../http/client-certificate/presented-certificate.js';
import { sizeOf } from '../../protocol/json-size.js';
import type { Certificate } from './certificate.js';
import { CertificateAuthorities } from './certificate-authorities.js';
import {
  findPathFault,
  findPaths,
  isValidAt,
  readSigned,
  type Signed,
  type Validity,
  validityOf,
} from './certificate-path.js';
import { CertificateRefused, type RefusalReason } from './certificate-refused.js';
import type { CertificateNames } from './subject-members.js';

/** Room for the names in several thousand certificates. Whoever has a certificate of an authority chose how long they are. */
const MAX_KEPT_BYTES = 4 * 2 ** 20;

/** What was found out about a certificate with its issuers; all but the time stays true while the authorities do. */
interface Judged {
  authorities: readonly Certificate[];
  verdict: RefusalReason | { names: CertificateNames; validities: readonly Validity[] };
}

@Injectable()
export class ClientCertificates {
  /** By the digest of certificate and issuers. */
  private readonly judged = new LRUCache<string, Judged>({
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ verdict }) => 512 + sizeOf(verdict),
  });

  constructor(private readonly trusted: CertificateAuthorities) {}

  /**
   * The names that the certificate of the client certifies, never those of an issuer (CVE-2023-2422).
   * @throws CertificateRefused
   */
  async names(presented: PresentedCertificate, now: Date): Promise<CertificateNames> {
    const authorities = await this.trusted.current();
    const key = sha256(Buffer.concat([presented.leaf, ...presented.chain])).toString('base64');
    let known = this.judged.get(key);
    if (known?.authorities !== authorities) {
      known = { authorities, verdict: await judge(presented, authorities) };
      this.judged.set(key, known);
    }
    const { verdict } = known;
    if (typeof verdict === 'string') throw new CertificateRefused(verdict);
    if (!verdict.validities.some((one) => isValidAt(one, now))) throw new CertificateRefused('expired');
    return verdict.names;
  }
}

async function judge(presented: PresentedCertificate, authorities: readonly Certificate[]): Promise<Judged['verdict']> {
  const [{ readCertificate }, { findKeyWeakness }] = await Promise.all([
    import('./certificate.js'),
    import('./weakness.js'),
  ]);
  const signed = readSigned(presented.leaf);
  if (!signed) return 'unreadable';
  const sent = (index: number): Signed | undefined => {
    const der = presented.chain[index];
    return der && readSigned(der);
  };
  const { links, ends, fault } = findPaths(signed, sent, authorities, findKeyWeakness);
  if (ends.length === 0) return fault;
  const read = links.map(({ x509 }) => readCertificate(x509.raw));
  const [leaf] = read;
  const known = read.filter((one) => one !== undefined);
  if (!leaf || known.length < read.length) return 'unreadable';
  const paths = ends.map(({ authority, length }) => [...known.slice(0, length), authority]);
  const sound = paths.filter((path) => findPathFault(path) === undefined);
  if (sound.length === 0) return (paths[0] && findPathFault(paths[0])) ?? fault;
  const { subject, alternatives } = leaf;
  return { names: { ...alternatives, subject: [subject] }, validities: sound.map(validityOf) };
}
