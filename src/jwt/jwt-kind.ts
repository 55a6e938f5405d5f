/**
 * The values of `typ` that name the kind of a JWT (RFC 8725 §3.11). They end in `+jwt` and may be prefixed with
 * `application/` (RFC 7515 §4.1.9). Any other value of `typ` names no kind.
 */
export const JWT_KINDS = {
  /** draft-ietf-oauth-rfc7523bis */
  clientAuthentication: 'client-authentication+jwt',
  /** draft-ietf-oauth-rfc7523bis */
  authorizationGrant: 'authorization-grant+jwt',
  /** draft-ietf-oauth-identity-assertion-authz-grant: an authorization grant too */
  identityAssertionGrant: 'oauth-id-jag+jwt',
  /** RFC 9101 §10.8.1 */
  requestObject: 'oauth-authz-req+jwt',
  /** OpenID for Verifiable Credential Issuance, appendix F.1 */
  credentialProof: 'openid4vci-proof+jwt',
  /** RFC 9449 §4.2 */
  dpopProof: 'dpop+jwt',
  /** RFC 9068 §2.1 */
  accessToken: 'at+jwt',
} as const;

/** Whether `typ` names another kind than the expected ones. Most JWTs name no kind, which is accepted. */
export function isOfAnotherKind(typ: unknown, ...wanted: string[]): boolean {
  const kind = kindOf(typ);
  return kind !== undefined && !wanted.includes(kind);
}

/** Whether `typ` names the kind. */
export function isOfKind(typ: unknown, wanted: string): boolean {
  return kindOf(typ) === wanted;
}

function kindOf(typ: unknown): string | undefined {
  if (typeof typ !== 'string') return undefined;
  const kind = typ.toLowerCase().replace(/^application\//, '');
  return kind.endsWith('+jwt') ? kind : undefined;
}

/** Whether `typ` names no kind, as in ID tokens: it is `JWT` in upper or lower case, or missing (RFC 7519 §5.1). */
export function isPlain(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT');
}
