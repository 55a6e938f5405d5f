import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { SenderProof } from './sender-proof.js';

/** The endpoints that read proofs. */
export type ProofEndpoint = 'token' | 'pushed request' | 'userinfo' | 'credentials';

export interface ProofRequest {
  exchange: Exchange;
  endpoint: ProofEndpoint;
  now: Date;
  /** The authenticated client; absent at a protected resource. */
  client?: RegisteredClient;
  /** At a protected resource: the token, and the scheme of `Authorization` (Bearer: also a token in form or query). */
  presented?: { token: string; scheme: 'Bearer' | 'DPoP' };
}

/** A way to prove that the sender of a request has a key. Each is one file, and one line in the list. */
export interface ProofMethod {
  /** Whether the operator has switched it on. While off, none of the other functions is called. */
  readonly isOn: boolean;
  /**
   * Undefined if the request has no proof of this kind.
   * @throws OAuthError if it has one that is refused
   */
  prove(request: ProofRequest): SenderProof | undefined | Promise<SenderProof | undefined>;
  /** Whether a proof binds the tokens of this client. */
  binds(client: RegisteredClient): boolean;
  /** Whether the client registered that its tokens are always bound in this way. */
  isDemandedBy(client: RegisteredClient): boolean;
  /** The error of a token request without the demanded proof. */
  missing(): OAuthError;
}

/** Provider token of the list of methods. */
export const PROOF_METHODS = Symbol('PROOF_METHODS');
