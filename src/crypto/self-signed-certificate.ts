/** Makes a self-signed certificate for this machine (RFC 5280). Clients do not trust it by default. */
import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import ipaddr from 'ipaddr.js';

const DAY_MS = 86_400_000;
const OF_THIS_MACHINE = ['localhost', '127.0.0.1', '::1'];

interface SelfSigned {
  /** The common name of the subject. */
  commonName: string;
  /** Hosts besides those of this machine: names and addresses. */
  hosts: string[];
  days: number;
}

/** The key is RSA of 2,048 bits. Key and certificate are in PEM. */
export async function selfSignedCertificate(given: SelfSigned, at: Date): Promise<{ key: string; cert: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const body = certificateBody(publicKey, given, at);
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, SHA256_WITH_RSA, element(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
  };
}

/** RFC 5280 §4.1.2 */
function certificateBody(publicKey: KeyObject, { commonName, hosts, days }: SelfSigned, at: Date): Buffer {
  const name = sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from(commonName)))));
  return sequence(
    element(0xa0, element(0x02, Buffer.from([2]))), // version 3
    element(0x02, Buffer.from([1]), randomBytes(15)),
    SHA256_WITH_RSA,
    name,
    sequence(time(new Date(at.getTime() - DAY_MS)), time(new Date(at.getTime() + days * DAY_MS))),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    element(0xa3, sequence(sequence(SUBJECT_ALT_NAME, element(0x04, altNames([...OF_THIS_MACHINE, ...hosts]))))),
  );
}

/** RFC 5280 §4.2.1.6: a name, or the bytes of an address. */
function altNames(hosts: string[]): Buffer {
  return sequence(
    ...hosts.map((host) => {
      const bare = host.replace(/^\[|\]$/g, '');
      const isAddress = ipaddr.isValid(bare);
      return isAddress
        ? element(0x87, Buffer.from(ipaddr.parse(bare).toByteArray()))
        : element(0x82, Buffer.from(host, 'latin1'));
    }),
  );
}

/** UTCTime covers dates up to 2049. */
const time = (at: Date): Buffer => element(0x17, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const sequence = (...parts: Buffer[]): Buffer => element(0x30, ...parts);

/** A DER element: tag, length, content. */
function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const SHA256_WITH_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
