import type { RegisteredClient } from '../../clients/registered-client.js';
import { invalidRequest, type OAuthError } from '../../protocol/oauth-error.js';
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
   * @param isRequired whether the tokens of the client are always bound, in one way or another
   * @throws OAuthError if the client registered that its tokens are bound, and sent no proof of a kind that it registered
   */
  bindingOf(client: RegisteredClient, isRequired = false): SenderProof | undefined {
    const demanded = this.tried.filter(({ method }) => method.isDemandedBy(client));
    const [first] = demanded;
    if (first && demanded.every(({ proof }) => !proof)) throw first.method.missing();
    const binding = this.tried.find(({ method, proof }) => proof && method.binds(client))?.proof;
    if (isRequired && !binding) throw this.tried[0]?.method.missing() ?? unbindable();
    return binding;
  }
}

function unbindable(): OAuthError {
  return invalidRequest('The tokens of the client must be bound: enable oauth2.dpop or oauth2.mtls.');
}

/** Of a request while no method is on. */
export const NO_PROOFS = new SenderProofs([]);
