/**
 * What the authorization endpoint hands out once the person has consented: the code goes into the flow store, where it is
 * worth nothing yet; consent, grant and front-channel access token are written by one statement; then an ID token is
 * signed. Where a store fails, nothing is spent, and the same visit can be made again.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { recordConsentBucket, recordConsentValues } from '../../consent/consent.statements.js';
import type { Granted } from '../../consent/granted.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { Buckets } from '../../database/bucket-keeper.js';
import { isMissingPartition } from '../../database/sql-state.js';
import { Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import { IMPLICIT } from '../../protocol/constants.js';
import { accessDenied, invalidClient } from '../../protocol/oauth-error.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { START_GRANT } from './grant.statements.js';
import { type GrantSession, sealSession } from './grant-session.js';
import { FrontChannelTokens, type IssuedAuthorization, type Wanted } from './front-channel-tokens.js';
import { expiryOf } from './lifespans.js';

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

  /** @throws OAuthError access_denied where the consent verifier was used before, invalid_client where the client is gone */
  async issue(granted: Granted, client: RegisteredClient, now: Date, wanted: Wanted): Promise<IssuedAuthorization> {
    await this.tokens.prepare(client, wanted);
    const grantId = uuidV7(now);
    const code = this.redeemable(wanted, grantId, now);
    const accessToken = wanted.accessToken ? this.tokens.draft(client, now) : undefined;
    const session = sessionOf(granted);
    if (code?.token) {
      await this.codes.remember(code.token, codeRecord(granted, client), { now, expiresAt: code.expiresAt });
    }
    await this.write(granted, client, accessToken?.bucket, [
      ...[uuidText(grantId), client.key, granted.subject, granted.grantedScope, granted.grantedAudience],
      sealSession(this.config.current.secrets.system, session),
      ...codeValues(code),
      ...[now, latest(now, code?.expiresAt, accessToken?.expiresAt)],
      ...tokenValues(accessToken),
    ]);
    this.report(granted, client, wanted, { at: now, grantId: uuidText(grantId) });
    const made = { granted, client, session, now, wanted, code: code?.token, accessToken };
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

  /** What will redeem the grant: a new code, a credential that the client holds already, or nothing. */
  private redeemable(wanted: Wanted, grantId: Buffer, now: Date): Redeemable | undefined {
    if (!wanted.code) return wanted.redeemedBy;
    const { token, digest } = this.codes.mint(grantId, now);
    return { token, digest, expiresAt: expiryOf(now, this.config.current.ttl.auth_code) };
  }

  private async write(
    granted: Granted,
    client: RegisteredClient,
    bucket: number | undefined,
    own: unknown[],
  ): Promise<void> {
    const values = [...recordConsentValues(granted, this.config.current.secrets.system), ...own];
    const run = () => this.statements.run<{ marked: number; started: number }>(START_GRANT, values);
    const [row] = await run().catch(async (error: unknown) => {
      if (!isMissingPartition(error)) throw error;
      await this.buckets.ensure('use_mark', recordConsentBucket(granted));
      if (bucket !== undefined) await this.buckets.ensure('access_token', bucket);
      return run();
    });
    if (!row?.marked) throw accessDenied('The consent verifier was used before.');
    if (!row.started) throw invalidClient(`The client '${client.clientId}' was deleted.`);
  }
}

interface Redeemable {
  /** Of a new code. */
  token?: string;
  digest: Buffer;
  expiresAt: Date;
}

function codeValues(code: Redeemable | undefined): unknown[] {
  return code ? [code.digest, code.expiresAt] : [null, null];
}

function tokenValues(token: AccessTokenDraft | undefined): unknown[] {
  return token ? [token.bucket, token.id, token.digest, token.expiresAt] : [null, null, null, null];
}

function latest(now: Date, ...others: (Date | undefined)[]): Date {
  return new Date(Math.max(now.getTime(), ...others.map((date) => date?.getTime() ?? 0)));
}

function codeRecord({ request }: Granted, client: RegisteredClient) {
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
