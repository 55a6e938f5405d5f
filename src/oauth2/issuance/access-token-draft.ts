import type { SenderProof } from '../sender-constraint/sender-proof.js';

/** An access token before the statement that issues it. A token without a grant already has its text by then. */
export interface AccessTokenDraft {
  id: string;
  bucket: number;
  /** SHA-256 of an opaque token; null for a JWT, which its signature authenticates. */
  digest: Buffer | null;
  /** The text of the token; undefined until a JWT is signed. */
  token?: string;
  issuedAt: Date;
  expiresAt: Date;
  /** The lifetime in whole seconds. */
  expiresIn: number;
  /** The token is bound by it. The statement that issues the token spends the mark of the proof. */
  proof?: SenderProof;
}
