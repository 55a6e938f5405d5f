/** The members of which a client with `tls_client_auth` has one: each is a line here (RFC 8705 §2.1.2). */
import type { ClientMetadata } from '../client-metadata.js';
import { canonicalEmail, canonicalIp } from './subject-names.js';

/** What a certificate says about its owner, in canonical form. */
export type CertificateNames = Readonly<Record<'subject' | 'dns' | 'uri' | 'ip' | 'email', readonly string[]>>;

interface SubjectMember {
  name: SubjectMemberName;
  /** Where the certificate has the value. */
  kind: keyof CertificateNames;
  /** The value in canonical form; undefined where it is none of its kind. */
  canonical(value: string): string | undefined | Promise<string | undefined>;
  expects: string;
}

type SubjectMemberName = Extract<keyof ClientMetadata, `tls_client_auth_${string}`>;

/** RFC 1123 §2.1, in ASCII. A wildcard names more than one client. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const MAX_CHARACTERS = 2_048;

export const SUBJECT_MEMBERS: readonly SubjectMember[] = [
  {
    name: 'tls_client_auth_subject_dn',
    kind: 'subject',
    canonical: distinguishedName,
    expects: "a distinguished name as in RFC 4514, such as 'CN=service-a,O=Acme,C=CH'",
  },
  {
    name: 'tls_client_auth_san_dns',
    kind: 'dns',
    canonical: (text) => (HOST_NAME.test(text.toLowerCase()) ? text.toLowerCase() : undefined),
    expects: 'a host name without wildcards',
  },
  {
    name: 'tls_client_auth_san_uri',
    kind: 'uri',
    canonical: (text) => (text.length <= MAX_CHARACTERS && URL.canParse(text) ? text : undefined),
    expects: 'an absolute URI',
  },
  { name: 'tls_client_auth_san_ip', kind: 'ip', canonical: canonicalIp, expects: 'an IPv4 or IPv6 address' },
  {
    name: 'tls_client_auth_san_email',
    kind: 'email',
    canonical: (text) => (text.length <= MAX_CHARACTERS ? canonicalEmail(text) : undefined),
    expects: 'an e-mail address',
  },
];

/** The members that a client has. */
export function givenSubjectMembers(metadata: ClientMetadata): { member: SubjectMember; value: string }[] {
  return SUBJECT_MEMBERS.flatMap((member) => {
    const value = metadata[member.name];
    return value ? [{ member, value }] : [];
  });
}

/** The schemas of certificates are loaded by the first who needs them. */
async function distinguishedName(text: string): Promise<string | undefined> {
  const { readDistinguishedName } = await import('./distinguished-name.js');
  const { attributeValue } = await import('./certificate.js');
  return readDistinguishedName(text, attributeValue);
}
