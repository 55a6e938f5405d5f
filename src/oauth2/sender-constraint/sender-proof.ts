import type { UseMark } from '../../database/use-marks.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { Confirmation } from './confirmation.js';

/** A proof that counts once: the statement that issues or finds a token inserts its mark. */
export interface ProofMark extends UseMark {
  /** Reports that the proof was used before, and makes the error of the request. */
  replayed: () => OAuthError;
}

/** What a request proves about its sender, whose possession of a key or certificate has been verified. */
export interface SenderProof {
  confirmation: Confirmation;
  /** `token_type` of the access tokens that are bound by it. */
  tokenType: 'DPoP' | 'bearer';
  /** Absent if the proof cannot be sent by another, or may be used again. */
  mark?: ProofMark;
  /** Reports that what the request presents or names is bound to another key, and makes the error of the request. */
  mismatch?: (hint: string) => OAuthError;
  /** Headers of a successful answer, in lower case. */
  headers?: Record<string, string>;
}
