import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { firstRefusedAudience } from '../../../protocol/audience.js';
import { OFFLINE_SCOPES, REFRESH_TOKEN } from '../../../protocol/constants.js';
import { invalidGrant, invalidRequest, invalidScope, scopeNotGranted } from '../../../protocol/oauth-error.js';
import { firstRefusedScope, splitWords } from '../../../protocol/scope.js';
import type { AccessTokenDraft } from '../../issuance/access-token-draft.js';
import { AccessTokens } from '../../issuance/access-tokens.js';
import type { GrantSession } from '../../issuance/grant-session.js';
import { expiryOf, lifespan } from '../../issuance/lifespans.js';
import { type RefreshAttempt, RefreshTokens, type Rotated, type Successors } from '../../issuance/refresh-tokens.js';
import type { Right } from '../../issuance/right.js';
import type { Authorization, Grant, Issued, TokenRequest } from './grant.js';

/** RFC 6749 §6 with rotation (RFC 9700 §4.14.2). On the fast path one statement proves, claims and issues. */
@Injectable()
export class RefreshTokenGrant implements Grant {
  readonly grantType = REFRESH_TOKEN;

  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly config: ConfigHolder,
  ) {}

  authorize({ form, arrivedAt, now }: TokenRequest, client: RegisteredClient): Promise<Authorization> {
    const token = this.refreshTokens.parse(form.first('refresh_token'));
    const narrowed = splitWords(form.first('scope'));
    const attempt = { token, client, arrivedAt, now, narrowedScope: narrowed.length ? narrowed : undefined };
    return Promise.resolve({
      describe: () => this.describe(attempt),
      issue: (session) => this.issue(attempt, session),
      idTokenLifespan: lifespan(this.config.current, client, REFRESH_TOKEN, 'id_token'),
    });
  }

  /** Reads the right and judges it; spends nothing. */
  private async describe(attempt: RefreshAttempt): Promise<Right> {
    const granted = await this.refreshTokens.describe({ ...attempt, narrowedScope: undefined });
    this.check(granted, attempt);
    return attempt.narrowedScope ? { ...granted, scope: attempt.narrowedScope } : granted;
  }

  private check(granted: Right, { client, narrowedScope }: RefreshAttempt): void {
    if (!granted.scope.some((scope) => OFFLINE_SCOPES.includes(scope))) {
      throw scopeNotGranted('The OAuth 2.0 Client was not granted scope offline_access and may not refresh.');
    }
    const scope = firstRefusedScope(this.config.current.strategies.scope, client.scope, granted.scope);
    if (scope) throw invalidScope(`The OAuth 2.0 Client is no longer allowed to have scope '${scope}'.`);
    const audience = firstRefusedAudience(client.audience, granted.audience);
    if (audience) throw invalidRequest(`Audience '${audience}' is no longer registered for the OAuth 2.0 Client.`);
    // RFC 6749 §6: the scope must not include any scope not originally granted.
    const more = narrowedScope?.find((wanted) => !granted.scope.includes(wanted));
    if (more) throw invalidScope(`Scope '${more}' was not granted originally. Leave it out, or ask the user again.`);
  }

  private async issue(attempt: RefreshAttempt, session?: GrantSession): Promise<Issued> {
    const next = this.successors(attempt);
    const rotated = session ? await this.claim(attempt, { ...next, session }) : await this.fast(attempt, next);
    return { ...rotated, accessToken: next.accessToken };
  }

  private async fast(attempt: RefreshAttempt, next: Successors): Promise<Rotated> {
    const { scope, audience } = attempt.client;
    const rotated = await this.refreshTokens.rotate(attempt, { ...next, allowed: { scope, audience } });
    if (rotated) return rotated;
    await this.describe(attempt); // patterns of scope and audience are judged here, where they can be read
    return this.claim(attempt, next);
  }

  private async claim(attempt: RefreshAttempt, next: Successors): Promise<Rotated> {
    const rotated = await this.refreshTokens.rotate(attempt, next);
    if (!rotated) throw invalidGrant('The refresh token changed while it was being used. Try again.');
    return rotated;
  }

  private successors({ client, now }: RefreshAttempt): Successors & { accessToken: AccessTokenDraft } {
    const { current } = this.config;
    const access = lifespan(current, client, REFRESH_TOKEN, 'access_token') ?? current.ttl.access_token;
    const refresh = lifespan(current, client, REFRESH_TOKEN, 'refresh_token');
    return {
      accessToken: this.accessTokens.draft(client, now, access),
      expiresAt: refresh === undefined ? undefined : expiryOf(now, refresh),
    };
  }
}
