/**
 * Issues the response of the authorization endpoint after the person has consented. The code is stored in the flow store,
 * where it is not valid yet. One statement then writes the consent, the grant and a front-channel access token, and at
 * last the ID token is signed. If a store fails, nothing is spent, and the browser can repeat the request.
 */
import { Injectable } from '@nestjs/common';
import { introductionValues } from '../../clients/metadata-documents/document.statements.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { PingDraft } from '../../consent/ciba/pings.js';
import {
  type ConsentKind,
  consentKind,
  recordConsentBucket,
  recordConsentValues,
} from '../../consent/consents/consent.statements.js';
import type { Granted } from '../../consent/consents/granted.js';
import { consentVerifierUsed } from '../../consent/flow/flow-error.js';
import type { EndedBasis } from '../../consent/interaction/interaction.js';
import { asksForAcr } from '../../consent/prompt/asked-authentication.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { Buckets } from '../../database/bucket-partitions.js';
import { decided } from '../../database/decided.js';
import { isMissingPartition } from '../../database/sql-state.js';
import { type Statement, Statements } from '../../database/statements.js';
import { Events } from '../../events/events.js';
import type { NewRecord } from '../../flow-store/flows.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { IMPLICIT } from '../../protocol/constants.js';
import { Confirmation } from '../sender-constraint/confirmation.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import { AuthorizationCodes, type CodeRecord } from './authorization-codes.js';
import { type AuthorizedAccess, StaleClient } from './authorized-access.js';
import { FrontChannelTokens, type IssuedAuthorization, type RequestedTokens } from './front-channel-tokens.js';
import { claimPlaces } from './claim-delivery.js';
import { type GrantSession, inGrant, sealSession } from './grant-session.js';
import { READ_STARTED, START_GRANT, START_GRANT_OF_NEW_CLIENT, type StartedGrantRow } from './grant.statements.js';
import { codeLifespan, expiryOf } from './lifespans.js';
import { limitScope } from './resource-scopes.js';

/** The values to be issued, before they are valid. */
export interface AuthorizationDraft {
  /** The UUID in 16 bytes. */
  grantId: Buffer;
  now: Date;
  wanted: RequestedTokens;
  /** The credential that will redeem the grant: the new code, one that the client already holds, or none. */
  redeemable?: { digest: Buffer; expiresAt: Date };
  code?: string;
  /** The record to be stored before `issue`. */
  codeRecord?: NewRecord;
  /** Of a backchannel authentication: tells the client that it can fetch its tokens. */
  ping?: PingDraft;
}

/** What the issuing statement is made of where the client has its row, and where it gets it. */
interface ClientPart {
  statements: Record<ConsentKind, Statement>;
  introduction: unknown[];
}

interface Write extends Pick<ClientPart, 'statements'> {
  granted: Granted;
  grantId: string;
  bucket?: number;
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

  /** Drafts the tokens first, so that the record of a code can be stored in the step that ends the flow. */
  draft({ request }: Granted, client: RegisteredClient, now: Date, wanted: RequestedTokens): AuthorizationDraft {
    const grantId = uuidV7(now);
    if (!wanted.code) return { grantId, now, wanted, redeemable: wanted.redeemedBy };
    const { token, digest } = this.codes.mint(grantId, now);
    const expiresAt = expiryOf(now, codeLifespan(client, this.config.current));
    const codeRecord = this.codes.record(token, codeRecordOf(request, client), { now, expiresAt });
    return { grantId, now, wanted, redeemable: { digest, expiresAt }, code: token, codeRecord };
  }

  /** Stores the code record of a draft that was not stored by a step of the flow. */
  async keep({ codeRecord }: AuthorizationDraft): Promise<void> {
    if (codeRecord) await this.codes.store(codeRecord);
  }

  /**
   * Issues the response. The result is an ended basis, and nothing is written, if the login session has ended or the
   * consent that allowed the skip was revoked.
   * @throws OAuthError access_denied if the consent verifier was used before
   * @throws StaleClient if the client was changed or deleted meanwhile
   */
  async issue(
    granted: Granted,
    client: RegisteredClient,
    draft: AuthorizationDraft,
  ): Promise<IssuedAuthorization | EndedBasis> {
    const { grantId, now, wanted, redeemable, code } = draft;
    const signers = await this.tokens.prepare(client, wanted);
    const accessToken = wanted.accessToken ? this.tokens.draft(client, now) : undefined;
    const session = sessionOf(granted);
    const access = accessOf(granted, session, this.config.current);
    const id = uuidText(grantId);
    const secrets = this.config.current.secrets.system;
    const { statements, introduction } = clientPart(granted, client, now);
    const row = await this.write({ granted, grantId: id, bucket: accessToken?.bucket, statements }, [
      ...recordConsentValues(granted, client.version, secrets),
      ...introduction,
      ...[id, granted.subject, granted.grantedScope, granted.grantedAudience],
      sealSession(secrets, inGrant(id), session),
      ...redeemableValues(redeemable),
      ...[now, latest(now, redeemable?.expiresAt, accessToken?.expiresAt)],
      ...tokenValues(accessToken),
      confirmationOf(granted.request),
      access.unlimitedScope ? access.scope : null,
      ...(consentKind(granted) === 'backchannel' ? pingValues(draft.ping) : []),
    ]);
    if (!row?.has_client) throw new StaleClient(client.clientId);
    if (!row.has_session) return 'session ended';
    if (!row.has_basis) return 'consent revoked';
    if (!row.is_first) throw consentVerifierUsed();
    this.report(granted, client, wanted, { at: now, grantId: id });
    const made = { access, client, session, now, code, accessToken, signers };
    return { grantId: id, ...(await this.tokens.finish(made)) };
  }

  private report(
    { subject, consentId, loginSessionId }: Granted,
    { clientId }: RegisteredClient,
    wanted: RequestedTokens,
    when: { at: Date; grantId: string },
  ): void {
    const about = { ...when, clientId, subject };
    this.events.publish({
      type: 'grant.started',
      ...about,
      consentRequestId: consentId,
      sid: loginSessionId || undefined,
    });
    if (wanted.accessToken || wanted.idToken)
      this.events.publish({ type: 'token.issued', ...about, grantType: IMPLICIT });
  }

  /** The row that START_GRANT returns, even if the response of the database was lost. */
  private write(
    { granted, grantId, bucket, statements }: Write,
    values: unknown[],
  ): Promise<StartedGrantRow | undefined> {
    const statement = statements[consentKind(granted)];
    const run = () => this.first(statement, values);
    const send = () =>
      run().catch(async (error: unknown) => {
        if (!isMissingPartition(error)) throw error;
        await this.buckets.ensure('use_mark', recordConsentBucket(granted));
        if (bucket !== undefined) await this.buckets.ensure('access_token', bucket);
        return run();
      });
    return decided({
      send,
      isDone: (row) => row?.is_first === true,
      readBack: () => this.first(READ_STARTED, [grantId]),
    });
  }

  private async first(statement: Statement, values: unknown[]): Promise<StartedGrantRow | undefined> {
    const [row] = await this.statements.run<StartedGrantRow & Record<string, unknown>>(statement, values);
    return row;
  }
}

/** What an access token of the response has. */
function accessOf(granted: Granted, session: GrantSession, configuration: Configuration): AuthorizedAccess {
  const { subject, grantedScope: scope, grantedAudience: audience } = granted;
  return limitScope({ subject, scope, audience, session }, configuration);
}

function clientPart({ forcedSubject }: Granted, client: RegisteredClient, now: Date): ClientPart {
  if (client.isStored) return { statements: START_GRANT, introduction: [] };
  const introduction = [...introductionValues(client, now), forcedSubject ?? null];
  return { statements: START_GRANT_OF_NEW_CLIENT, introduction };
}

function redeemableValues(redeemable: AuthorizationDraft['redeemable']): unknown[] {
  return redeemable ? [redeemable.digest, redeemable.expiresAt] : [null, null];
}

function tokenValues(token: AccessTokenDraft | undefined): unknown[] {
  return token ? [token.bucket, token.id, token.digest, token.expiresAt] : [null, null, null, null];
}

function pingValues(ping: PingDraft | undefined): unknown[] {
  return ping ? [ping.id, ping.notice, ping.until] : [null, null, null];
}

/** RFC 9449 §10. */
function confirmationOf({ dpopJkt }: AuthorizationRequest): Buffer | null {
  return dpopJkt === undefined ? null : Confirmation.ofKey(Buffer.from(dpopJkt, 'base64url')).bytes;
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

/** The claims about this login in the tokens. */
function sessionOf(granted: Granted): GrantSession {
  return {
    subjectIdentifier: granted.subjectIdentifier,
    nonce: granted.request.nonce,
    authTime: granted.authTime,
    requestedAt: granted.requestedAt,
    acr: granted.acr || undefined,
    acrRequested: asksForAcr(granted.request) || undefined,
    amr: granted.amr.length ? granted.amr : undefined,
    sid: granted.loginSessionId || undefined,
    authorizationDetails: granted.grantedAuthorizationDetails,
    claimPlaces: claimPlaces(granted.request.requestedClaims),
    idTokenClaims: granted.idTokenClaims,
    accessTokenClaims: granted.accessTokenClaims,
    userinfoClaims: granted.userinfoClaims,
  };
}
