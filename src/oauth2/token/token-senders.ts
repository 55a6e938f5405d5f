import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import type { ClientProof } from '../../clients/authentication/client-proof.js';
import { NO_CLIENT_PROOF } from '../../clients/no-client.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { isUnderFapi } from '../../clients/security-profile/security-profile.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { SenderConstraint } from '../sender-constraint/sender-constraint.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import type { SenderProofs } from '../sender-constraint/sender-proofs.js';
import type { Grant } from './grants/grant.js';

/** The sender of a token request: its client, and the keys that it proved to possess. */
interface TokenSender {
  client: ClientProof;
  proofs: SenderProofs;
}

@Injectable()
export class TokenSenders {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly senders: SenderConstraint,
    private readonly config: ConfigHolder,
  ) {}

  /** The client comes first: a stranger must not make the server verify proofs. @throws OAuthError */
  async of(grant: Grant, exchange: Exchange, form: FormParams): Promise<TokenSender> {
    const client = await this.clientOf(grant, exchange, form);
    const proofs = await this.senders.proofsOf({
      ...{ exchange, endpoint: 'token', now: new Date() },
      client: client.client,
    });
    return { client, proofs };
  }

  /** What binds the tokens of the client; FAPI 2.0 Security Profile §5.3.2.1 demands it. @throws OAuthError */
  bindingOf(client: RegisteredClient, proofs: SenderProofs): SenderProof | undefined {
    return proofs.bindingOf(client, isUnderFapi(client, this.config.current));
  }

  private clientOf(grant: Grant, exchange: Exchange, form: FormParams): ClientProof | Promise<ClientProof> {
    if (grant.clientIsOptional && this.authentication.isAbsent(exchange, form)) return NO_CLIENT_PROOF;
    return this.authentication.authenticate(exchange, form, { mayBeNew: grant.clientMayBeNew });
  }
}
