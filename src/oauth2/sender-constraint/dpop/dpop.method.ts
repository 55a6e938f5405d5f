import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { isFapiAlgorithm } from '../../../clients/security-profile/fapi-algorithms.js';
import { isUnderFapi } from '../../../clients/security-profile/security-profile.js';
import type { Configuration, DpopConfiguration } from '../../../config/configuration.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { useMarkOf } from '../../../database/use-marks.js';
import { Events } from '../../../events/events.js';
import { invalidDpopProof, type OAuthError } from '../../../protocol/oauth-error.js';
import { Confirmation } from '../confirmation.js';
import type { ProofMethod, ProofRequest } from '../proof-method.js';
import type { ProofMark, SenderProof } from '../sender-proof.js';
import { DpopError } from './dpop-error.js';
import { currentNonce } from './dpop-nonces.js';
import { ProofKeys } from './proof-keys.js';
import { type VerifiedProof, verifyDpopProof } from './verify-dpop-proof.js';

const PURPOSE = 'dpop';

/** RFC 9449: a JWT in the header DPoP, signed by the client for this one request. */
@Injectable()
export class DpopMethod implements ProofMethod {
  private readonly keys = new ProofKeys();

  constructor(
    private readonly config: ConfigHolder,
    private readonly events: Events,
  ) {}

  get isOn(): boolean {
    return this.settings.enabled;
  }

  /** At a protected resource a proof counts together with the scheme DPoP only, which demands one (RFC 9449 §7.1). */
  prove(request: ProofRequest): Promise<SenderProof> | undefined {
    const { presented, exchange } = request;
    if (presented?.scheme === 'Bearer') return undefined;
    const { dpop: header } = exchange.headers;
    if (header !== undefined) return this.verify(header.toString(), request);
    if (!presented) return undefined;
    throw invalidDpopProof('Send a proof in the header DPoP beside the access token.');
  }

  binds(): boolean {
    return true;
  }

  isDemandedBy({ metadata }: RegisteredClient): boolean {
    return metadata.dpop_bound_access_tokens === true;
  }

  missing(): OAuthError {
    return invalidDpopProof('The client registered dpop_bound_access_tokens: send a proof in the header DPoP.');
  }

  private async verify(header: string, request: ProofRequest): Promise<SenderProof> {
    try {
      return this.proofOf(await this.verified(header, request), request);
    } catch (error) {
      // That a nonce is wanted is a step of the protocol, and nothing to report.
      if (error instanceof DpopError && error.fault !== 'nonce') this.report('dpop.rejected', request, error.fault);
      throw error;
    }
  }

  private verified(header: string, { exchange, endpoint, presented, client }: ProofRequest): Promise<VerifiedProof> {
    const { method, arrivedAt } = exchange;
    const { current: configuration } = this.config;
    const proven = { method, endpoint, arrivedAt, accessToken: presented?.token };
    const algorithms = proofAlgorithms(client, configuration);
    return verifyDpopProof(header, proven, { configuration, algorithms, keys: this.keys });
  }

  private proofOf(verified: VerifiedProof, request: ProofRequest): SenderProof {
    return {
      confirmation: Confirmation.ofKey(verified.thumbprint),
      tokenType: 'DPoP',
      mark: this.settings.replay === 'off' ? undefined : this.markOf(verified, request),
      mismatch: (hint) => this.mismatch(hint, request),
      headers: this.nextNonce(verified, request.now),
    };
  }

  /** RFC 9449 §11.1: a proof counts once for its address. */
  private markOf({ thumbprint, jti, htu, keepUntil }: VerifiedProof, request: ProofRequest): ProofMark {
    const value = `${thumbprint.toString('base64url')}\u0000${htu}\u0000${jti}`;
    const kept = { purpose: PURPOSE, value, expiresAt: keepUntil };
    return { ...useMarkOf(kept, request.now), replayed: () => this.replayed(request) };
  }

  private mismatch(hint: string, request: ProofRequest): OAuthError {
    const error = DpopError.invalid('key', hint);
    this.report('dpop.rejected', request, error.fault);
    return error;
  }

  private replayed(request: ProofRequest): OAuthError {
    this.report('dpop.replayed', request);
    return invalidDpopProof('Each proof can be used once: make a new one.');
  }

  /** RFC 9449 §8.2: the nonce for the next proof, if there is a newer one than in this proof. */
  private nextNonce({ nonce }: VerifiedProof, now: Date): Record<string, string> | undefined {
    const { nonce: mode, nonce_lifetime: lifetime } = this.settings;
    if (mode === 'off' || nonce?.isNewest) return undefined;
    return { 'dpop-nonce': currentNonce({ secrets: this.config.current.secrets.system, lifetime, now }) };
  }

  private report(type: 'dpop.rejected' | 'dpop.replayed', { client, now: at }: ProofRequest, reason?: string): void {
    this.events.publish({ type, at, clientId: client?.clientId || undefined, reason });
  }

  private get settings(): DpopConfiguration {
    return this.config.current.oauth2.dpop;
  }
}

/** The algorithms that the operator allows; under FAPI 2.0 those of its Security Profile §5.4.1 among them. */
function proofAlgorithms(client: RegisteredClient | undefined, configuration: Configuration): readonly string[] {
  const { signing_algs: allowed } = configuration.oauth2.dpop;
  return client && isUnderFapi(client, configuration) ? allowed.filter(isFapiAlgorithm) : allowed;
}
