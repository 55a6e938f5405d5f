import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { sha256 } from '../../../crypto/digest.js';
import { Events } from '../../../events/events.js';
import { invalidRequest, type OAuthError } from '../../../protocol/oauth-error.js';
import { Confirmation } from '../confirmation.js';
import type { ProofMethod, ProofRequest } from '../proof-method.js';
import type { SenderProof } from '../sender-proof.js';

/**
 * RFC 8705 §3: the certificate of the connection, whoever issued it. The handshake proved that the client has its private key;
 * so it need not be the one that authenticates the client, nor be valid for anything.
 */
@Injectable()
export class CertificateMethod implements ProofMethod {
  constructor(
    private readonly config: ConfigHolder,
    private readonly events: Events,
  ) {}

  get isOn(): boolean {
    return this.config.current.oauth2.mtls.enabled;
  }

  /** A code is not bound to the certificate of a pushed request: RFC 8705 binds tokens only. */
  prove({ exchange, endpoint, client, now }: ProofRequest): SenderProof | undefined {
    if (endpoint === 'pushed request') return undefined;
    const presented = exchange.certificate();
    if (presented === undefined) return undefined;
    if (presented !== 'unreadable') {
      return { confirmation: Confirmation.ofCertificate(sha256(presented.leaf)), tokenType: 'bearer' };
    }
    if (client && this.isDemandedBy(client)) {
      this.events.publish({ type: 'mtls.rejected', at: now, clientId: client.clientId, reason: 'unreadable' });
    }
    return undefined;
  }

  /** A certificate that only authenticates binds nothing. */
  binds(client: RegisteredClient): boolean {
    return this.isDemandedBy(client);
  }

  isDemandedBy({ metadata }: RegisteredClient): boolean {
    return metadata.tls_client_certificate_bound_access_tokens === true;
  }

  missing(): OAuthError {
    return invalidRequest(
      'The client registered tls_client_certificate_bound_access_tokens: send the request with its certificate.',
    );
  }
}
