/**
 * What the authorization endpoint hands out once the person has consented: the code goes into the flow store, where it is
 * worth nothing yet; consent, grant and front-channel access token are written by one statement; then an ID token is
 * signed. Where a store fails, nothing is spent, and the same visit can be made again.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { recordConsentBucket, recordConsentValues } from '../../consent/consent.statements.js';
import { consentVerifierUsed } from '../../consent/flow/flow-error.js';
import type { Granted } from '../../consent/granted.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { Buckets } from '../../database/bucket-keeper.js';
import { isMissingPartition } from '../../database/sql-state.js';
import { Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import type { NewRecord } from '../../flow-store/flows.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { IMPLICIT } from '../../protocol/constants.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AuthorizationCodes, type CodeRecord } from './authorization-codes.js';
import { START_GRANT, type StartedGrantRow } from './grant.statements.js';
import { type GrantSession, sealSession } from './grant-session.js';
import { FrontChannelTokens, type IssuedAuthorization, type Wanted } from './front-channel-tokens.js';
import { expiryOf } from './lifespans.js';
import { StaleClient } from './right.js';

/** What will be issued, before it counts. */
export interface AuthorizationDraft {
  /** 16 bytes. */
  grantId: Buffer;
  now: Date;
  wanted: Wanted;
  /** What will redeem the grant: the new code, a credential that the client holds already, or nothing. */
  redeemable?: { digest: Buffer; expiresAt: Date };
  code?: string;
  /** To be stored before `issue`. */
  codeRecord?: NewRecord;
}

@Injectable()
export class AuthorizationIssuance {
  constructor(
    private readonly tokens: FrontChannelTokens,
    private readonly codes: AuthorizationCodes,
    private readonly statements: Statements,
    private readonly buckets: Buckets,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** What will be issued for a grant: made first, so that a code's record is stored in the step that ends the flow. */
  draft({ request }: Granted, client: RegisteredClient, now: Date, wanted: Wanted): AuthorizationDraft {
    const grantId = uuidV7(now);
    if (!wanted.code) return { grantId, now, wanted, redeemable: wanted.redeemedBy };
    const { token, digest } = this.codes.mint(grantId, now);
    const expiresAt = expiryOf(now, this.config.current.ttl.auth_code);
    const codeRecord = this.codes.record(token, codeRecordOf(request, client), { now, expiresAt });
    return { grantId, now, wanted, redeemable: { digest, expiresAt }, code: token, codeRecord };
  }

  /** Stores what a draft has to be stored beforehand, where no step of the flow does. */
  async keep({ codeRecord }: AuthorizationDraft): Promise<void> {
    if (codeRecord) await this.codes.store(codeRecord);
  }

  /**
   * 'session ended': nothing was written, the login session is gone.
   * @throws OAuthError access_denied where the consent verifier was used before
   * @throws StaleClient where the client changed or was deleted meanwhile
   */
  async issue(
    granted: Granted,
    client: RegisteredClient,
    draft: AuthorizationDraft,
  ): Promise<IssuedAuthorization | 'session ended'> {
    const { grantId, now, wanted, redeemable, code } = draft;
    await this.tokens.prepare(client, wanted);
    const accessToken = wanted.accessToken ? this.tokens.draft(client, now) : undefined;
    const session = sessionOf(granted);
    const secrets = this.config.current.secrets.system;
    const row = await this.write(granted, accessToken?.bucket, [
      ...recordConsentValues(granted, client.version, secrets),
      ...[uuidText(grantId), granted.subject, granted.grantedScope, granted.grantedAudience],
      sealSession(secrets, session),
      ...redeemableValues(redeemable),
      ...[now, latest(now, redeemable?.expiresAt, accessToken?.expiresAt)],
      ...tokenValues(accessToken),
    ]);
    if (!row?.has_client) throw new StaleClient(client.clientId);
    if (!row.has_session) return 'session ended';
    if (!row.is_first) throw consentVerifierUsed();
    this.report(granted, client, wanted, { at: now, grantId: uuidText(grantId) });
    const made = { granted, client, session, now, wanted, code, accessToken };
    return { grantId: uuidText(grantId), ...(await this.tokens.finish(made)) };
  }

  private report(
    { subject, consentId, loginSessionId }: Granted,
    { clientId }: RegisteredClient,
    wanted: Wanted,
    when: { at: Date; grantId: string },
  ): void {
    const about = { ...when, clientId, subject };
    this.events.publish({ type: 'grant.started', ...about, consentRequestId: consentId, sid: loginSessionId });
    if (wanted.accessToken || wanted.idToken)
      this.events.publish({ type: 'token.issued', ...about, grantType: IMPLICIT });
  }

  private async write(
    granted: Granted,
    bucket: number | undefined,
    values: unknown[],
  ): Promise<StartedGrantRow | undefined> {
    const run = () => this.statements.run<StartedGrantRow & Record<string, unknown>>(START_GRANT, values);
    const [row] = await run().catch(async (error: unknown) => {
      if (!isMissingPartition(error)) throw error;
      await this.buckets.ensure('use_mark', recordConsentBucket(granted));
      if (bucket !== undefined) await this.buckets.ensure('access_token', bucket);
      return run();
    });
    return row;
  }
}

function redeemableValues(redeemable: AuthorizationDraft['redeemable']): unknown[] {
  return redeemable ? [redeemable.digest, redeemable.expiresAt] : [null, null];
}

function tokenValues(token: AccessTokenDraft | undefined): unknown[] {
  return token ? [token.bucket, token.id, token.digest, token.expiresAt] : [null, null, null, null];
}

function latest(now: Date, ...others: (Date | undefined)[]): Date {
  return new Date(Math.max(now.getTime(), ...others.map((date) => date?.getTime() ?? 0)));
}

function codeRecordOf(request: AuthorizationRequest, client: RegisteredClient): CodeRecord {
  return {
    clientKey: client.key,
    redirectUri: request.redirectUriSent ? request.redirectUri : undefined,
    codeChallenge: request.codeChallenge,
  };
}

/** What tokens will say of this login. */
export function sessionOf(granted: Granted): GrantSession {
  return {
    subjectIdentifier: granted.subjectIdentifier,
    nonce: granted.request.nonce,
    authTime: granted.authTime,
    requestedAt: granted.requestedAt,
    acr: granted.acr || undefined,
    acrRequested: granted.request.acrValues.length > 0 || undefined,
    amr: granted.amr.length ? granted.amr : undefined,
    sid: granted.loginSessionId,
    idTokenClaims: granted.idTokenClaims,
    accessTokenClaims: granted.accessTokenClaims,
  };
}
