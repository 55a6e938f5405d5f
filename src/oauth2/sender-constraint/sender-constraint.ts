/**
 * The step of a pipeline that reads proofs of possession: after client authentication, before the grant or the request is
 * judged. At a protected resource it follows the check that the token is one of this server.
 */
import { Inject, Injectable } from '@nestjs/common';
import { PROOF_METHODS, type ProofMethod, type ProofRequest } from './proof-method.js';
import { NO_PROOFS, SenderProofs } from './sender-proofs.js';

@Injectable()
export class SenderConstraint {
  constructor(@Inject(PROOF_METHODS) private readonly methods: readonly ProofMethod[]) {}

  /** Returns at once while no method is on. @throws OAuthError for a proof that is refused */
  proofsOf(request: ProofRequest): SenderProofs | Promise<SenderProofs> {
    return this.methods.some(({ isOn }) => isOn) ? this.prove(request) : NO_PROOFS;
  }

  private async prove(request: ProofRequest): Promise<SenderProofs> {
    const tried = [];
    for (const method of this.methods) {
      if (method.isOn) tried.push({ method, proof: await method.prove(request) });
    }
    return new SenderProofs(tried);
  }
}
