/**
 * Names in one form, so that equal names are equal texts. A distinguished name is a sequence of RDNs, and each RDN a set of
 * types with values (RFC 5280 §4.1.2.4, §7.1). Texts are compared by caseIgnoreMatch (RFC 4517 §4.2.11): prepared as RFC 4518
 * says, case and amount of blanks do not count. Other values are compared by their bytes.
 */
export interface Attribute {
  /** The OID of its type. */
  type: string;
  /** A text, or the DER of another value. */
  value: string | Buffer;
}

/** @param rdns in the order of the certificate: the most general one first */
export function canonicalName(rdns: readonly (readonly Attribute[])[]): string {
  return JSON.stringify(rdns.map((rdn) => rdn.map(canonicalAttribute).sort()));
}

function canonicalAttribute({ type, value }: Attribute): string {
  return typeof value === 'string' ? `${type}=${prepared(value)}` : `${type}#${value.toString('hex')}`;
}

/** RFC 4518 §2: case folding, normalization, insignificant blanks. */
function prepared(text: string): string {
  return text.toLowerCase().normalize('NFKC').trim().replace(/\s+/g, ' ');
}
