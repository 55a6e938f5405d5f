/** An access token before the statement that issues it. */
export interface AccessTokenDraft {
  id: string;
  bucket: number;
  /** Null for a JWT, which proves itself by its signature. */
  digest: Buffer | null;
  /** Undefined until a JWT is signed. */
  token?: string;
  issuedAt: Date;
  expiresAt: Date;
  /** Whole seconds. */
  expiresIn: number;
}
