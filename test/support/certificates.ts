/** Certificates of authorities and clients, as tests need them. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { sha256 } from '../../src/crypto/digest.js';

export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

type Keys = webcrypto.CryptoKeyPair;

export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
  der: Buffer;
  /** `x5t#S256`, base64url. */
  thumbprint: string;
  /** The public key as a JWK with `x5c`. */
  jwk: Record<string, unknown>;
  subject: string;
  keys: Keys;
}

interface Wanted {
  /** In the order of the certificate. Default: `C=CH, O=Acme, CN=client`. */
  subject?: string;
  names?: JsonGeneralName[];
  /** Default: it signs itself. */
  by?: Certificate;
  authority?: boolean;
  pathLength?: number;
  /** Default: a day ago. */
  from?: Date;
  /** Default: in a day. */
  to?: Date;
  purposes?: string[] | null;
  usage?: KeyUsageFlags | null;
  key?: 'ec' | 'rsa' | 'rsa-1024' | 'ed25519';
  hash?: 'SHA-1' | 'SHA-256';
  /** Those of a certificate that it renews. Default: new ones. */
  keys?: Keys;
  /** Beside the usual ones. */
  extensions?: Extension[];
}

const KEYS = {
  ec: { name: 'ECDSA', namedCurve: 'P-256' },
  ed25519: { name: 'Ed25519' },
  rsa: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  'rsa-1024': { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
};
const DAY_MS = 86_400_000;
let serial = 0;

export async function certificate(wanted: Wanted = {}): Promise<Certificate> {
  const { subject = 'C=CH, O=Acme, CN=client', key = 'ec', hash = 'SHA-256', by } = wanted;
  const keys = wanted.keys ?? (await newKeys(key, hash));
  const { subject: issuer, keys: signing } = by ?? { subject, keys };
  const made = await X509CertificateGenerator.create(
    {
      ...{ subject, issuer, serialNumber: (++serial).toString(16).padStart(16, '1'), publicKey: keys.publicKey },
      signingKey: signing.privateKey,
      signingAlgorithm: { ...signing.privateKey.algorithm, hash },
      ...lifetimeOf(wanted),
      extensions: extensionsOf(wanted),
    },
    webcrypto,
  );
  const der = Buffer.from(made.rawData);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const { ext: _, key_ops: __, alg: ___, ...jwk } = await webcrypto.subtle.exportKey('jwk', keys.publicKey);
  return {
    ...{ cert: made.toString('pem'), der, subject, keys, thumbprint: sha256(der).toString('base64url') },
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`,
    jwk: { ...jwk, x5c: [der.toString('base64')] },
  };
}

async function newKeys(kind: keyof typeof KEYS, hash: string): Promise<Keys> {
  const generated: unknown = await webcrypto.subtle.generateKey({ ...KEYS[kind], hash }, true, ['sign', 'verify']);
  return generated as Keys;
}

function lifetimeOf({ from, to }: Wanted) {
  return { notBefore: from ?? new Date(Date.now() - DAY_MS), notAfter: to ?? new Date(Date.now() + DAY_MS) };
}

function extensionsOf({ authority, pathLength, purposes, usage, names, extensions = [] }: Wanted): Extension[] {
  const usual = authority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature;
  return [
    new BasicConstraintsExtension(authority ?? false, pathLength, true),
    ...(usage === null ? [] : [new KeyUsagesExtension(usage ?? usual, true)]),
    ...(purposes === null || (authority && !purposes)
      ? []
      : [new ExtendedKeyUsageExtension(purposes ?? [CLIENT_AUTH])]),
    ...(names ? [new SubjectAlternativeNameExtension(names)] : []),
    ...extensions,
  ];
}

/** An authority with its own signature. */
export const authority = (subject = 'O=Trust, CN=Root', over: Wanted = {}): Promise<Certificate> =>
  certificate({ subject, authority: true, ...over });

/** The certificate of a server on localhost. */
export const serverCertificate = (): Promise<Certificate> =>
  certificate({
    subject: 'CN=localhost',
    purposes: [SERVER_AUTH],
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
    ],
  });

export const inBase64 = ({ cert }: Pick<Certificate, 'cert'>): { base64: string } => ({
  base64: Buffer.from(cert).toString('base64'),
});
