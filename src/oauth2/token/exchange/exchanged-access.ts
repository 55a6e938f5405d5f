/** What an exchanged token may do: never more than the subject token, and never more than the client may ask for. */
import { Injectable } from '@nestjs/common';
import { requireAudience, requireScope } from '../../../clients/client-permissions.js';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { SubjectIdentifiers } from '../../../consent/subjects/subject-identifiers.js';
import { type Actor, actingFor, countActors, MAX_ACTORS } from '../../../protocol/actors.js';
import { refuseManyAudiences } from '../../../protocol/audience.js';
import type { AuthorizationDetail } from '../../../protocol/authorization-details.js';
import { firstUncovered } from '../../../protocol/compare-authorization-details.js';
import { OFFLINE_SCOPES, OPENID } from '../../../protocol/constants.js';
import { invalidAuthorizationDetails, invalidRequest, invalidScope } from '../../../protocol/oauth-error.js';
import { refuseBadResources } from '../../../protocol/resource.js';
import { firstRefusedScope } from '../../../protocol/scope.js';
import { allowedDetails } from '../../issuance/asked-details.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import { EMPTY_SESSION, type GrantSession } from '../../issuance/grant-session.js';
import { limitScope } from '../../issuance/resource-scopes.js';
import { requireLocations } from '../../issuance/wanted-audience.js';
import { TrustedAssertions } from '../grants/trusted-assertions.js';
import type { PresentedParty } from './presented-party.js';

/** The parameters of the request that narrow. */
export interface AskedAccess {
  scope: readonly string[];
  audience: readonly string[];
  resource: readonly string[];
  authorization_details?: string;
}

export interface Parties {
  subject: PresentedParty;
  actor?: PresentedParty;
}

@Injectable()
export class ExchangedAccess {
  constructor(
    private readonly subjects: SubjectIdentifiers,
    private readonly assertions: TrustedAssertions,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError */
  async of(asked: AskedAccess, parties: Parties, client: RegisteredClient): Promise<AuthorizedAccess> {
    const { subject } = parties;
    const scope = this.scope(asked.scope, subject, client);
    const wanted = this.target(asked, client);
    const authorizationDetails = this.details(asked.authorization_details, subject, client);
    requireLocations(authorizationDetails, wanted);
    const act = await this.act(parties, client);
    const session = { ...(await this.session(subject, client)), act, authorizationDetails };
    const { grantId, consentId } = subject;
    const { audience } = wanted;
    return limitScope({ subject: subject.subject, scope, audience, session, grantId, consentId }, this.config.current);
  }

  /** RFC 8693 §2.1. Scopes that were dropped when the subject token was narrowed do not come back. */
  private scope(asked: readonly string[], subject: PresentedParty, client: RegisteredClient): string[] {
    const { scope: strategy } = this.config.current.strategies;
    if (asked.length === 0) return this.wholeScope(subject, client);
    requireScope(client, asked, strategy);
    const has = subject.scope && new Set(subject.scope);
    const beyond = has
      ? asked.find((one) => !has.has(one))
      : (asked.find(isOfLogin) ??
        (subject.assertion && firstRefusedScope(strategy, subject.assertion.trust.scope, asked)));
    if (beyond !== undefined) throw invalidScope(`Scope '${beyond}' is more than the 'subject_token' stands for.`);
    return [...asked];
  }

  /** For a request without `scope`: what both may have. */
  private wholeScope({ scope, assertion }: PresentedParty, client: RegisteredClient): string[] {
    const { scope: strategy } = this.config.current.strategies;
    if (scope) return scope.filter((one) => client.allowedScopes.admits(strategy, one));
    const all = assertion ? this.assertions.scopeOfBoth(assertion.trust, client) : client.scope;
    return all.filter((one) => !isOfLogin(one));
  }

  /** RFC 8693 §2.1, RFC 8707 §2: nothing of the subject token's audience is copied. Naming a client does not reach it. */
  private target({ audience, resource }: AskedAccess, client: RegisteredClient) {
    refuseBadResources(resource);
    const both = [...new Set([...audience, ...resource])];
    refuseManyAudiences(both);
    requireAudience(client, { audience: both, resources: both }, this.config.current); // invalid_target for each of them
    return { audience: both, resources: resource.length ? [...resource] : undefined };
  }

  /** RFC 9396 §6. Without the parameter: those of which the client may ask for the type. */
  private details(
    sent: string | undefined,
    { session: { authorizationDetails: has = [] } }: PresentedParty,
    client: RegisteredClient,
  ): AuthorizationDetail[] | undefined {
    const { current } = this.config;
    const asked = allowedDetails(sent, client, current);
    if (!asked) {
      const configured = new Set(current.oauth2.authorization_details.types.map(({ type }) => type));
      const may = has.filter(({ type }) => configured.has(type) && (client.detailTypes?.includes(type) ?? true));
      return may.length ? may : undefined;
    }
    const index = firstUncovered(has, asked);
    if (index === undefined) return asked.length ? asked : undefined;
    throw invalidAuthorizationDetails(`Element ${index + 1} of 'authorization_details' is not in the 'subject_token'.`);
  }

  /** RFC 8693 §4.1; without actor token the client itself acts, unless the operator allows impersonation (§1.1). */
  private async act({ subject, actor }: Parties, client: RegisteredClient): Promise<Actor | undefined> {
    const hidden = !actor && this.config.current.oauth2.token_exchange.impersonation;
    const act = hidden ? subject.act : actingFor(await this.nameOf(actor, client), subject.act);
    if (countActors(act) > MAX_ACTORS || subject.sources.clients.length > MAX_ACTORS) {
      throw invalidRequest(
        `The 'subject_token' was exchanged too often: at most ${MAX_ACTORS} exchanges may follow each other.`,
      );
    }
    return act;
  }

  /** An actor who is a person has the name by which the client knows it (OpenID Connect Core §8). */
  private nameOf(actor: PresentedParty | undefined, client: RegisteredClient): string | Promise<string> {
    if (!actor) return client.clientId;
    return isPerson(actor) ? this.subjects.identify(client, actor.subject) : actor.subject;
  }

  /** The claims of the ID token and userinfo were for another client. */
  private async session(subject: PresentedParty, client: RegisteredClient): Promise<GrantSession> {
    const { authTime, acr, acrRequested, amr, accessTokenClaims } = subject.session;
    const subjectIdentifier = isPerson(subject) ? await this.subjects.identify(client, subject.subject) : undefined;
    return { ...EMPTY_SESSION, ...{ subjectIdentifier, authTime, acr, acrRequested, amr, accessTokenClaims } };
  }
}

/** Tokens without scope yield no tokens of a login: `openid`, and those for a refresh token. */
const isOfLogin = (scope: string): boolean => scope === OPENID || OFFLINE_SCOPES.includes(scope);

const isPerson = ({ session }: PresentedParty): boolean => session.subjectIdentifier !== undefined;
