/** Login requests as the login app reads and answers them. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import type { DomainEvent } from '../../events/domain-event.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { notFound } from '../../protocol/admin-error.js';
import type { Flow } from '../flow/flow.js';
import { type Answered, FlowRequests, type Gone } from './flow-requests.js';
import { rejectionOf, type RejectOAuth2RequestDto } from './reject-request.dto.js';
import { withFreshLogin } from '../flow/request-url.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';
import { type AcceptOAuth2LoginRequestDto, acceptedLoginOf } from './accept-login-request.dto.js';
import { loginRequestDocument, type OAuth2LoginRequestDto } from './login-request.dto.js';

@Injectable()
export class LoginRequests {
  constructor(
    private readonly requests: FlowRequests,
    private readonly clients: ClientsService,
    private readonly subjects: SubjectIdentifiers,
    private readonly events: Events,
  ) {}

  /** @throws OAuthError 404: see FlowRequests */
  async read(challenge: string, now: Date): Promise<{ kind: 'open'; document: OAuth2LoginRequestDto } | Gone> {
    const found = await this.requests.read('login', challenge, now);
    if (found.kind === 'gone') return found;
    const client = await this.clients.ofRequest(found.flow.request);
    if (!client) throw notFound('The client of this login request was deleted.');
    return { kind: 'open', document: loginRequestDocument(challenge, found.flow, client) };
  }

  /**
   * A different subject for a skipped login is no error: the browser is redirected to a fresh login.
   * @throws OAuthError 404: see FlowRequests; invalid_request if the forced identifier belongs to another subject
   */
  async accept(challenge: string, dto: AcceptOAuth2LoginRequestDto, exchange: Exchange): Promise<Answered> {
    const now = exchange.arrivedAt;
    let accepted: EventDetails | undefined;
    const answered = await this.requests.answer('login', challenge, now, async (flow) => {
      const { skip, subject } = flow.login;
      accepted = undefined;
      if (skip && dto.subject !== subject) return freshLogin(flow);
      await this.checkForcedSubject(flow, dto);
      accepted = { ...eventDetailsOf(flow), subject: dto.subject };
      return { ...flow, state: 'login_answered', loginAnswer: acceptedLoginOf(dto, skip, now) };
    });
    if (answered.kind === 'answered' && accepted) this.events.publish({ type: 'login.accepted', at: now, ...accepted });
    return answered;
  }

  /** @throws OAuthError 404: see FlowRequests */
  async reject(challenge: string, dto: RejectOAuth2RequestDto, exchange: Exchange): Promise<Answered> {
    const now = exchange.arrivedAt;
    let rejected: EventDetails = {};
    const answered = await this.requests.answer('login', challenge, now, (flow) => {
      rejected = eventDetailsOf(flow);
      return Promise.resolve({ ...flow, state: 'login_answered', loginAnswer: rejectionOf('login', dto) });
    });
    if (answered.kind === 'answered') this.events.publish({ type: 'login.rejected', at: now, ...rejected });
    return answered;
  }

  private async checkForcedSubject(
    { request }: Flow,
    { subject, force_subject_identifier: forced }: AcceptOAuth2LoginRequestDto,
  ): Promise<void> {
    const client = forced ? await this.clients.ofRequest(request) : undefined;
    if (client && forced) await this.subjects.checkFree(client, subject, forced);
  }
}

/** The browser asks again with `prompt=login`. A pushed request takes no parameter of the browser: its flow is restarted. */
function freshLogin(flow: Flow): Flow | { redirectTo: string } {
  if (!flow.request.pushed) return { redirectTo: withFreshLogin(flow.request.requestUrl) };
  return { ...flow, state: 'login_answered', loginAnswer: { kind: 'another person' } };
}

type EventDetails = Pick<DomainEvent, 'clientId' | 'subject' | 'sid'>;

function eventDetailsOf({ request, login }: Flow): EventDetails {
  return { clientId: request.clientId, subject: login.subject || undefined, sid: login.sessionId };
}
