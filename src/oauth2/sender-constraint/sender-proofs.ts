import type { RegisteredClient } from '../../clients/registered-client.js';
import type { ProofMethod } from './proof-method.js';
import type { SenderProof } from './sender-proof.js';

/** A method that is switched on, and what the request proves by it. */
interface Tried {
  method: ProofMethod;
  proof?: SenderProof;
}

/** The verified proofs of one request, in the order of the methods. */
export class SenderProofs {
  constructor(private readonly tried: readonly Tried[]) {}

  /** All proofs, whatever the client registered. */
  get all(): SenderProof[] {
    return this.tried.flatMap(({ proof }) => proof ?? []);
  }

  /**
   * The proof that binds the tokens of this client: the first one, if there are several. Asked for each version of a client,
   * because it depends on the registration.
   * @throws OAuthError if the client registered that its tokens are bound, and sent no proof of a kind that it registered
   */
  bindingOf(client: RegisteredClient): SenderProof | undefined {
    const demanded = this.tried.filter(({ method }) => method.isDemandedBy(client));
    const [first] = demanded;
    if (first && demanded.every(({ proof }) => !proof)) throw first.method.missing();
    return this.tried.find(({ method, proof }) => proof && method.binds(client))?.proof;
  }
}

/** Of a request while no method is on. */
export const NO_PROOFS = new SenderProofs([]);
