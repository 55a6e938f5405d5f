/** Consent requests as the consent app reads and answers them. */
import { Injectable } from '@nestjs/common';
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
    const client = await this.clients.cached(found.flow.request.clientId);
    if (!client) throw notFound('The client of this consent request was deleted.');
    const handles = { challenge, loginChallenge: this.handles.make('login_challenge', found.id) };
    return { kind: 'open', document: consentRequestDocument(handles, found.flow, client) };
  }

  /**
   * The app may grant more than was requested: it decides, except for the types of authorization details.
   * @throws OAuthError 404: see FlowRequests; 400 for authorization details that cannot be granted
   */
  async accept(challenge: string, dto: AcceptOAuth2ConsentRequestDto, exchange: Exchange): Promise<Answered> {
    return this.answer('consent.accepted', challenge, exchange, (flow) => {
      const context = flow.loginAnswer?.kind === 'accepted' ? flow.loginAnswer.context : null;
      const authorizationDetails = grantedDetails(dto.grant_authorization_details, flow.request, this.config.current);
      return acceptedConsentOf(dto, { context, authorizationDetails, now: exchange.arrivedAt });
    });
  }

  /** @throws OAuthError 404: see FlowRequests */
  async reject(challenge: string, dto: RejectOAuth2RequestDto, exchange: Exchange): Promise<Answered> {
    return this.answer('consent.rejected', challenge, exchange, () => rejectionOf('consent', dto));
  }

  private async answer(
    type: EventType,
    challenge: string,
    { arrivedAt }: Exchange,
    answerOf: (flow: Flow) => Flow['consentAnswer'],
  ): Promise<Answered> {
    let about: Partial<DomainEvent> = {};
    const answered = await this.requests.answer('consent', challenge, arrivedAt, (flow) => {
      about = { clientId: flow.request.clientId, subject: flow.consent?.subject, consentRequestId: flow.consentId };
      return Promise.resolve({ ...flow, state: 'consent_answered', consentAnswer: answerOf(flow) });
    });
    if (answered.kind === 'answered') this.events.publish({ ...about, type, at: arrivedAt });
    return answered;
  }
}
