/**
 * A certificate as it is verified (RFC 5280 §4). `node:crypto` has its key, dates and signature; names and extensions come
 * from the schemas of @peculiar/asn1-x509, because the texts that Node.js makes of names cannot be told apart again.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AttributeValue,
  BasicConstraints,
  Certificate as CertificateSchema,
  ExtendedKeyUsage,
  type Extension,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  type Name,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import { type Attribute, canonicalName } from './canonical-name.js';
import { type AlternativeNames, canonicalAlternatives } from './subject-names.js';
import { findWeakness } from './weakness.js';

export interface Certificate {
  x509: X509Certificate;
  publicKey: KeyObject;
  validFrom: Date;
  validTo: Date;
  /** In canonical form. */
  subject: string;
  alternatives: AlternativeNames;
  /** Absent: the key may be used for everything. */
  keyUsage?: { digitalSignature: boolean; keyCertSign: boolean };
  /** OIDs of purposes. Absent: all. */
  purposes?: readonly string[];
  isAuthority: boolean;
  /** How many authorities may stand between this one and the last certificate. Absent: any number. */
  pathLength?: number;
  /** An extension that restricts the certificate in a way that is not understood here. */
  unknownExtension?: string;
  /** Why key or signature are too weak. */
  weakness?: string;
}

/** What else may be critical: policies restrict nothing where none is asked for (RFC 5280 §6.1.1). */
const UNDERSTOOD = [id_ce_basicConstraints, id_ce_extKeyUsage, id_ce_keyUsage, id_ce_subjectAltName, '2.5.29.32'];
/** Name and policy constraints restrict what is below. Whoever ignored them would trust more than the authority allows. */
const RESTRICTING = ['2.5.29.30', '2.5.29.36', '2.5.29.54'];

/** Undefined where the bytes are not a certificate, or one that repeats an extension (RFC 5280 §4.2). */
export function readCertificate(der: Buffer): Certificate | undefined {
  try {
    const x509 = new X509Certificate(der);
    const { tbsCertificate: body, signatureAlgorithm } = AsnConvert.parse(der, CertificateSchema);
    const extensions = new Map((body.extensions ?? []).map((extension) => [extension.extnID, extension]));
    if (!x509.raw.equals(der) || extensions.size !== (body.extensions?.length ?? 0)) return undefined;
    const { publicKey } = x509;
    return {
      ...{ x509, publicKey, validFrom: new Date(x509.validFrom), validTo: new Date(x509.validTo) },
      subject: subjectOf(body.subject),
      alternatives: canonicalAlternatives(valueOf(extensions, id_ce_subjectAltName, SubjectAlternativeName) ?? []),
      ...usageOf(extensions),
      unknownExtension: [...extensions.values()].find(isUnknown)?.extnID,
      weakness: findWeakness(publicKey, signatureAlgorithm),
    };
  } catch {
    return undefined; // it is not DER of this form
  }
}

/** The value of an attribute as it is compared; undefined where the bytes are no value. */
export function attributeValue(der: Buffer): Attribute['value'] | undefined {
  try {
    return plain(AsnConvert.parse(der, AttributeValue));
  } catch {
    return undefined;
  }
}

function subjectOf(name: Name): string {
  return canonicalName(name.map((rdn) => rdn.map(({ type, value }) => ({ type, value: plain(value) }))));
}

function plain(value: AttributeValue): Attribute['value'] {
  return value.anyValue === undefined ? value.toString() : Buffer.from(value.anyValue);
}

function usageOf(extensions: ReadonlyMap<string, Extension>) {
  const basic = valueOf(extensions, id_ce_basicConstraints, BasicConstraints);
  const usage = valueOf(extensions, id_ce_keyUsage, KeyUsage)?.toNumber();
  const has = (flag: KeyUsageFlags): boolean => ((usage ?? 0) & flag) !== 0;
  return {
    isAuthority: basic?.cA === true,
    pathLength: basic?.pathLenConstraint,
    purposes: valueOf(extensions, id_ce_extKeyUsage, ExtendedKeyUsage)?.map(String),
    ...(usage !== undefined && {
      keyUsage: {
        digitalSignature: has(KeyUsageFlags.digitalSignature),
        keyCertSign: has(KeyUsageFlags.keyCertSign),
      },
    }),
  };
}

function valueOf<T>(extensions: ReadonlyMap<string, Extension>, oid: string, schema: new () => T): T | undefined {
  const extension = extensions.get(oid);
  return extension && AsnConvert.parse(extension.extnValue.buffer, schema);
}

function isUnknown({ extnID, critical }: Extension): boolean {
  return RESTRICTING.includes(extnID) || (critical && !UNDERSTOOD.includes(extnID));
}
