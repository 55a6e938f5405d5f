/**
 * The access token of a request to a protected resource of this server (RFC 6750 §2, RFC 9449 §7), with the proof that belongs
 * to it. A token that is bound to a key or certificate is of no use without.
 */
import { Injectable } from '@nestjs/common';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { bearerToken, tokenOfScheme } from '../../http/exchange/bearer-token.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { invalidDpopProof, invalidToken, type OAuthError, requestUnauthorized } from '../../protocol/oauth-error.js';
import { Confirmation } from '../sender-constraint/confirmation.js';
import type { ProofEndpoint, ProofRequest } from '../sender-constraint/proof-method.js';
import { SenderConstraint } from '../sender-constraint/sender-constraint.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import { type ActiveAccessToken, AccessTokens } from './access-tokens.js';

type Presented = NonNullable<ProofRequest['presented']>;

interface OpenedToken {
  token: string;
  active: ActiveAccessToken;
  /** Headers of a successful answer, in lower case. */
  headers?: Record<string, string>;
}

@Injectable()
export class PresentedTokens {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly senders: SenderConstraint,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError 401 if there is no active token, or its proof is missing or refused; 400 if it cannot be read */
  async open(exchange: Exchange, endpoint: ProofEndpoint, now: Date): Promise<OpenedToken> {
    const presented = await presentedToken(exchange, this.config.current);
    if (!presented) throw requestUnauthorized("Send an access token in the header 'Authorization: Bearer …'.");
    const { token } = presented;
    let proofs: SenderProof[] = [];
    const prove = async (): Promise<SenderProof | undefined> => {
      proofs = (await this.senders.proofsOf({ exchange, endpoint, now, presented })).all;
      return proofs[0];
    };
    const active = await this.accessTokens.find(token, now, prove);
    if (!active) throw invalidToken('Only active access tokens are accepted here.');
    if (active.confirmation && isInQuery(exchange, token)) throw invalidToken('Send a bound access token in a header.');
    requireConfirmation(active.confirmation, presented, proofs);
    return { token, active, headers: proofs[0]?.headers };
  }
}

/** The token that a request names, unverified; undefined if there is none. @throws OAuthError invalid_request */
export async function presentedToken(exchange: Exchange, { oauth2 }: Configuration): Promise<Presented | undefined> {
  const bound = oauth2.dpop.enabled ? tokenOfScheme(exchange, 'DPoP') : undefined;
  if (bound !== undefined) return { token: bound, scheme: 'DPoP' };
  const token = await bearerToken(exchange, oauth2.userinfo.token_in_query);
  return token ? { token, scheme: 'Bearer' } : undefined;
}

/** FAPI 2.0 Security Profile §5.3.4: addresses are kept in logs and histories. Tokens of its clients are always bound. */
function isInQuery(exchange: Exchange, token: string): boolean {
  return exchange.query().all('access_token').includes(token);
}

/** RFC 9449 §7.1, §7.2, RFC 8705 §3. @throws OAuthError */
function requireConfirmation(
  confirmation: Confirmation | undefined,
  { scheme }: Presented,
  proofs: readonly SenderProof[],
): void {
  if (scheme === 'DPoP' && confirmation?.kind !== 'jwk thumbprint') {
    throw invalidToken('The access token is not bound to a key: send it with the scheme Bearer.');
  }
  if (!confirmation || proofs.some((proof) => confirmation.equals(proof.confirmation))) return;
  if (confirmation.kind === 'certificate digest') {
    throw invalidToken('The access token is bound to a certificate: send it over a connection with the same one.');
  }
  if (scheme === 'DPoP') throw ofAnotherKey(proofs);
  throw invalidToken('The access token is bound to a key: send it with the scheme DPoP and a proof.');
}

/** RFC 9449 §4.3, point 12. */
function ofAnotherKey(proofs: readonly SenderProof[]): OAuthError {
  const hint = 'The access token is bound to another key than that of the proof.';
  return proofs.find(({ mismatch }) => mismatch)?.mismatch?.(hint) ?? invalidDpopProof(hint);
}
