/** A certificate for this machine that lives as long as the process (RFC 5280), for `--https`. */
import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';

const DAY_MS = 86_400_000;

/** RSA of 2,048 bits, valid for a week. @param names hosts besides those of this machine */
export async function selfSignedCertificate(names: string[], at: Date): Promise<{ key: string; cert: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const body = certificateBody(publicKey, ['localhost', ...names], at);
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, SHA256_WITH_RSA, element(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
  };
}

/** RFC 5280 §4.1.2 */
function certificateBody(publicKey: KeyObject, names: string[], at: Date): Buffer {
  const name = sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from('ostiary perform')))));
  return sequence(
    element(0xa0, element(0x02, Buffer.from([2]))), // version 3
    element(0x02, Buffer.from([1]), randomBytes(15)),
    SHA256_WITH_RSA,
    name,
    sequence(time(new Date(at.getTime() - DAY_MS)), time(new Date(at.getTime() + 7 * DAY_MS))),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    element(0xa3, sequence(sequence(SUBJECT_ALT_NAME, element(0x04, altNames(names))))),
  );
}

function altNames(names: string[]): Buffer {
  const hosts = names.map((name) => element(0x82, Buffer.from(name, 'latin1')));
  return sequence(...hosts, element(0x87, Buffer.from([127, 0, 0, 1])));
}

/** UTCTime, which reaches to 2049. */
const time = (at: Date): Buffer => element(0x17, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const sequence = (...parts: Buffer[]): Buffer => element(0x30, ...parts);

/** An element of DER: tag, length, content. */
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
