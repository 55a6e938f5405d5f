/** DER in base64, as of HAProxy: `ssl_c_der,base64`, and `ssl_c_chain_der,base64`, where the issuers stand one behind the other. */
import { sequenceLength } from '../presented-certificate.js';
import { base64Bytes } from '../../../crypto/base64.js';
import type { CertificateFormat } from './certificate-format.js';

export const der: CertificateFormat = {
  leaf(text) {
    const bytes = base64Bytes(text.trim());
    return bytes && [bytes];
  },
  chain(text) {
    const bytes = base64Bytes(text.trim());
    return bytes && inTurn(bytes);
  },
};

function inTurn(bytes: Buffer): Buffer[] | undefined {
  const certificates: Buffer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const length = sequenceLength(rest);
    if (length === undefined || length > rest.length) return undefined;
    certificates.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return certificates;
}
