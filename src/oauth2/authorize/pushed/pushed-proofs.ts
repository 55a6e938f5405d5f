import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { UseMarks } from '../../../database/use-marks.js';
import type { Exchange } from '../../../http/exchange/exchange.js';
import type { AuthorizationRequest } from '../../../protocol/authorization-request.js';
import { invalidDpopProof } from '../../../protocol/oauth-error.js';
import { SenderConstraint } from '../../sender-constraint/sender-constraint.js';
import type { SenderProof } from '../../sender-constraint/sender-proof.js';

/** RFC 9449 §10.1: a proof that comes with a pushed request binds the code, as `dpop_jkt` does. */
@Injectable()
export class PushedProofs {
  constructor(
    private readonly senders: SenderConstraint,
    private readonly marks: UseMarks,
  ) {}

  /** The verified proof, not spent yet; undefined if there is none. @throws OAuthError for a refused one */
  async read(exchange: Exchange, client: RegisteredClient, now: Date): Promise<SenderProof | undefined> {
    const proofs = await this.senders.proofsOf({ exchange, endpoint: 'pushed request', now, client });
    return proofs.all[0];
  }

  /**
   * Spends the proof of a validated request, and binds its code.
   * @throws OAuthError invalid_dpop_proof if the parameter names another key, or the proof was used before
   */
  async bind(request: AuthorizationRequest, proof: SenderProof | undefined): Promise<AuthorizationRequest> {
    const jkt = proof?.confirmation.claim.jkt;
    if (!proof || jkt === undefined) return request;
    if (request.dpopJkt !== undefined && request.dpopJkt !== jkt) {
      const hint = "Parameter 'dpop_jkt' names another key than that of the proof.";
      throw proof.mismatch?.(hint) ?? invalidDpopProof(hint);
    }
    if (proof.mark && !(await this.marks.spend(proof.mark))) throw proof.mark.replayed();
    return { ...request, dpopJkt: jkt };
  }
}
