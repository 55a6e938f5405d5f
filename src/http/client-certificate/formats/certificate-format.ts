/** One form of the headers in which proxies pass on certificates. Each is one file and one line in `index.ts`. */
export interface CertificateFormat {
  /** Certificates in DER, that of the client first. Undefined where the text is not of this form; empty where it names none. */
  leaf(text: string): Buffer[] | undefined;
  /** The issuers in the second header. A format that has them in its only header has no such method. */
  chain?(text: string): Buffer[] | undefined;
}
