/** Consent requests as the consent app reads and answers them. */
import { Injectable } from '@nestjs/common';
import { requireAudience } from '../../clients/client-permissions.js';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { DomainEvent, EventType } from '../../events/domain-event.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { notFound } from '../../protocol/admin-error.js';
import type { Flow } from '../flow/flow.js';
import { type Answered, FlowRequests, type Gone } from './flow-requests.js';
import { grantedDetails } from './granted-details.js';
import { rejectionOf, type RejectOAuth2RequestDto } from './reject-request.dto.js';
import { Handles } from '../flow/handles.js';
import { acceptedConsentOf, type AcceptOAuth2ConsentRequestDto } from './accept-consent-request.dto.js';
import { consentRequestDocument, type OAuth2ConsentRequestDto } from './consent-request.dto.js';

@Injectable()
export class ConsentRequests {
  constructor(
    private readonly requests: FlowRequests,
    private readonly clients: ClientsService,
    private readonly handles: Handles,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError 404: see FlowRequests */
  async read(challenge: string, now: Date): Promise<{ kind: 'open'; document: OAuth2ConsentRequestDto } | Gone> {
    const found = await this.requests.read('consent', challenge, now);
    if (found.kind === 'gone') return found;
    const client = await this.clients.ofRequest(found.flow.request);
    if (!client) throw notFound('The client of this consent request was deleted.');
    const handles = { challenge, loginChallenge: this.handles.make('login_challenge', found.id) };
    return { kind: 'open', document: consentRequestDocument(handles, found.flow, client) };
  }

  /**
   * The app may grant more than was requested: it decides, except for the types of authorization details, and, with resource
   * indicators on, for audiences that the client may not have.
   * @throws OAuthError 404: see FlowRequests; 400 for authorization details or audiences that cannot be granted
   */
  async accept(challenge: string, dto: AcceptOAuth2ConsentRequestDto, exchange: Exchange): Promise<Answered> {
    return this.answer('consent.accepted', challenge, exchange, async (flow) => {
      await this.checkAudience(dto.grant_access_token_audience ?? [], flow);
      const context = flow.loginAnswer?.kind === 'accepted' ? flow.loginAnswer.context : null;
      const authorizationDetails = grantedDetails(dto.grant_authorization_details, flow.request, this.config.current);
      return acceptedConsentOf(dto, { context, authorizationDetails, now: exchange.arrivedAt });
    });
  }

  /** @throws OAuthError 404: see FlowRequests */
  async reject(challenge: string, dto: RejectOAuth2RequestDto, exchange: Exchange): Promise<Answered> {
    return this.answer('consent.rejected', challenge, exchange, () => Promise.resolve(rejectionOf('consent', dto)));
  }

  /** RFC 8707 §2: nobody is granted a resource that the client may not have. @throws OAuthError 400 */
  private async checkAudience(audience: readonly string[], { request }: Flow): Promise<void> {
    const { current } = this.config;
    if (audience.length === 0 || !current.oauth2.resource_indicators.enabled) return;
    const client = await this.clients.find(request.clientId);
    if (client) requireAudience(client, { audience }, current);
  }

  private async answer(
    type: EventType,
    challenge: string,
    { arrivedAt }: Exchange,
    answerOf: (flow: Flow) => Promise<Flow['consentAnswer']>,
  ): Promise<Answered> {
    let about: Partial<DomainEvent> = {};
    const answered = await this.requests.answer('consent', challenge, arrivedAt, async (flow) => {
      about = { clientId: flow.request.clientId, subject: flow.consent?.subject, consentRequestId: flow.consentId };
      return { ...flow, state: 'consent_answered', consentAnswer: await answerOf(flow) };
    });
    if (answered.kind === 'answered') this.events.publish({ ...about, type, at: arrivedAt });
    return answered;
  }
}
