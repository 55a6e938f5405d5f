import { Injectable } from '@nestjs/common';
import { audiencesOf, requireAudience, requireScope } from '../../../clients/client-permissions.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { isUnderFapi } from '../../../clients/security-profile/security-profile.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { scopeParameter, textParameter } from '../../../http/exchange/declared-parameters.js';
import { OFFLINE_SCOPES, REFRESH_TOKEN } from '../../../protocol/constants.js';
import { invalidGrant, invalidScope, scopeNotGranted } from '../../../protocol/oauth-error.js';
import type { AccessTokenDraft } from '../../issuance/access-token-draft.js';
import { AccessTokens } from '../../issuance/access-tokens.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import { lifespan, refreshExpiry } from '../../issuance/lifespans.js';
import { type RefreshAttempt, RefreshTokens, type Rotated, type Successors } from '../../issuance/refresh-tokens.js';
import type { Authorization, Grant, Issued, TokenRequest } from './grant.js';

/** RFC 6749 §6. */
const PARAMETERS = { refresh_token: textParameter, scope: scopeParameter };

/** RFC 6749 §6 with rotation (RFC 9700 §4.14.2), except under FAPI. On the fast path one statement checks, spends and issues. */
@Injectable()
export class RefreshTokenGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = REFRESH_TOKEN;
  readonly parameters = PARAMETERS;
  readonly mayNarrow = true;

  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(
    { parameters, timing, now, proof }: TokenRequest<typeof PARAMETERS>,
    client: RegisteredClient,
  ): Promise<Authorization> {
    const token = await this.refreshTokens.parse(parameters.refresh_token);
    const { scope: narrowed } = parameters;
    const attempt = {
      ...{ token, client, timing, now, proof, narrowedScope: narrowed.length ? narrowed : undefined },
      kept: this.isKept(client) ? parameters.refresh_token : undefined,
    };
    let described: AuthorizedAccess | undefined;
    return {
      describe: async () => (described = await this.describe(attempt)),
      issue: ({ session, own } = {}) => {
        const { grantId, delegationId } = described ?? {};
        const hooked = session && grantId !== undefined ? { session, grantId, delegationId } : undefined;
        return this.issue(attempt, { own, hooked }, described !== undefined);
      },
      idTokenLifespan: lifespan(this.config.current, client, REFRESH_TOKEN, 'id_token'),
    };
  }

  /** FAPI 2.0 Security Profile §5.3.2.1: no rotation, because the tokens are bound to their client by its authentication. */
  private isKept(client: RegisteredClient): boolean {
    return isUnderFapi(client, this.config.current);
  }

  /** Reads and checks the access without spending the token. */
  private async describe(attempt: RefreshAttempt): Promise<AuthorizedAccess> {
    const granted = await this.refreshTokens.describe({ ...attempt, narrowedScope: undefined });
    this.check(granted, attempt);
    return attempt.narrowedScope ? { ...granted, scope: attempt.narrowedScope } : granted;
  }

  private check(granted: AuthorizedAccess, { client, narrowedScope }: RefreshAttempt): void {
    // What was handed on by token exchange was judged there, and its scope may be a part that has no such word.
    if (granted.delegationId === undefined && !granted.scope.some((scope) => OFFLINE_SCOPES.includes(scope))) {
      throw scopeNotGranted('The OAuth 2.0 Client was not granted scope offline_access and may not refresh.');
    }
    // The client may have lost scopes and audiences since they were granted.
    requireScope(client, granted.scope, this.config.current.strategies.scope);
    requireAudience(client, granted, this.config.current);
    // RFC 6749 §6: the scope must not include any scope not originally granted.
    const originally = new Set(granted.scope);
    const more = narrowedScope?.find((wanted) => !originally.has(wanted));
    if (more) throw invalidScope(`Scope '${more}' was not granted originally. Leave it out, or ask the user again.`);
  }

  /** @param isChecked whether the access was described, and so checked, before */
  private async issue(
    attempt: RefreshAttempt,
    changes: Pick<Successors, 'hooked' | 'own'>,
    isChecked: boolean,
  ): Promise<Issued> {
    const next = { ...this.successors(attempt), ...changes };
    const rotated = await (isChecked ? this.claim(attempt, next) : this.fast(attempt, next));
    return { ...rotated, access: withoutNonce(rotated.access), accessToken: next.accessToken };
  }

  private async fast(attempt: RefreshAttempt, next: Successors): Promise<Rotated> {
    const { client } = attempt;
    const allowed = { scope: client.scope, audience: audiencesOf(client, this.config.current) };
    const rotated = await this.refreshTokens.rotate(attempt, { ...next, allowed });
    if (rotated) return rotated;
    await this.describe(attempt); // checks patterns of scope and audience, which the statement cannot check
    return this.claim(attempt, next);
  }

  private async claim(attempt: RefreshAttempt, next: Successors): Promise<Rotated> {
    const rotated = await this.refreshTokens.rotate(attempt, next);
    if (!rotated) throw invalidGrant('The refresh token changed while it was being used. Try again.');
    return rotated;
  }

  private successors({ client, now, proof }: RefreshAttempt): Successors & { accessToken: AccessTokenDraft } {
    return {
      accessToken: this.accessTokens.draft(client, REFRESH_TOKEN, now, proof),
      expiresAt: refreshExpiry(this.config.current, client, REFRESH_TOKEN, now),
    };
  }
}

/** OpenID Connect Core §12.2: an ID token from a refresh should have no nonce, which belongs to one request only. */
function withoutNonce(access: AuthorizedAccess): AuthorizedAccess {
  return { ...access, session: { ...access.session, nonce: undefined } };
}
