/**
 * Percent-encoded PEM (RFC 7468), as of nginx (`$ssl_client_escaped_cert`); and as of Traefik, which leaves out the armour
 * lines and separates several certificates by commas.
 */
import { base64Bytes } from '../../../crypto/base64.js';
import type { CertificateFormat } from './certificate-format.js';
import { each } from './each.js';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

export const pem: CertificateFormat = { leaf: certificates, chain: certificates };

/** The certificates in a percent-encoded text, with or without armour lines. */
function certificates(text: string): Buffer[] | undefined {
  const decoded = percentDecoded(text);
  if (decoded === undefined) return undefined;
  return decoded.includes(BEGIN) ? armoured(decoded) : each(decoded.split(','), bytesOf);
}

/** Undefined where the escapes are not those of a UTF-8 text. A plus sign stays: it is base64. */
export function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The certificates of a PEM text, and nothing else beside them. */
export function armoured(text: string): Buffer[] | undefined {
  const [before = '', ...rest] = text.split(BEGIN);
  if (before.trim() !== '') return undefined;
  return each(rest, (part) => {
    const end = part.indexOf(END);
    return end < 0 || part.slice(end + END.length).trim() !== '' ? undefined : bytesOf(part.slice(0, end));
  });
}

const bytesOf = (text: string): Buffer | undefined => base64Bytes(text.replace(/\s+/g, ''));
