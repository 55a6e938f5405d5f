import { invalidDpopProof, OAuthError, useDpopNonce } from '../../../protocol/oauth-error.js';

/** The part of a proof that is refused. Events and metrics contain it. */
export type DpopFault =
  'shape' | 'type' | 'algorithm' | 'key' | 'signature' | 'jti' | 'method' | 'address' | 'time' | 'nonce' | 'token';

/** A refused proof (RFC 9449 §5, §7.1, §8). It never quotes the proof. */
export class DpopError extends OAuthError {
  private constructor(
    readonly fault: DpopFault,
    { code, status, description, hint }: OAuthError,
    headers?: Record<string, string>,
  ) {
    super(code, { status, description, hint, headers });
  }

  static invalid(fault: DpopFault, hint: string): DpopError {
    return new DpopError(fault, invalidDpopProof(hint));
  }

  /** @param nonce that the next proof should have */
  static useNonce(nonce: string, hint: string): DpopError {
    return new DpopError('nonce', useDpopNonce(hint), { 'DPoP-Nonce': nonce });
  }
}
