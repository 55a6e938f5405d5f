/** The first request of the browser: decides whether login may be skipped, stores a flow, and redirects to the login app. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { loginRequired } from '../../protocol/oauth-error.js';
import { BrowserBinding } from '../flow/browser-binding.js';
import type { AskedLogin, Flow } from '../flow/flow.js';
import { FlowRepository } from '../flow/flow-repository.js';
import { appUrl } from '../flow/request-url.js';
import { Handles } from '../flow/handles.js';
import { withClientDefaults } from './client-defaults.js';
import type { RedirectInteraction } from './interaction.js';
import { asksForPerson } from '../prompt/asked-authentication.js';
import { knownSubject, maySkipLogin } from '../prompt/may-skip-login.js';
import { BrowserSession } from '../sessions/browser-session.js';
import type { LoginSession } from '../sessions/login-sessions.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';

/** A new flow, and the redirect of the browser. */
interface StartedLogin {
  flowId: string;
  interaction: RedirectInteraction;
}

@Injectable()
export class LoginStart {
  constructor(
    private readonly flows: FlowRepository,
    private readonly binding: BrowserBinding,
    private readonly session: BrowserSession,
    private readonly subjects: SubjectIdentifiers,
    private readonly handles: Handles,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError login_required */
  async begin(asked: AuthorizationRequest, client: RegisteredClient, exchange: Exchange): Promise<StartedLogin> {
    const { current } = this.config;
    const request = withClientDefaults(asked, client, current);
    const session = await this.session.read(exchange);
    const situation = {
      ...{ request, session, now: exchange.arrivedAt, stepUp: current.oauth2.step_up },
      framed: this.session.idOf(exchange) === undefined && isFrameOnAnotherSite(exchange),
      subjectIdentifier: session && asksForPerson(request) ? await this.subjects.identify(client, session.subject) : '',
    };
    if (!maySkipLogin(situation) || !session) {
      return this.ask(request, client, exchange, freshLogin(exchange.arrivedAt, knownSubject(situation)));
    }
    await this.checkHint(request, client, session);
    return this.ask(request, client, exchange, { skip: true, subject: session.subject, sessionId: session.id });
  }

  /** Begins the request again, with a login that cannot be skipped: its session has ended. */
  restart(request: AuthorizationRequest, client: RegisteredClient, exchange: Exchange): Promise<StartedLogin> {
    return this.ask(request, client, exchange, freshLogin(exchange.arrivedAt));
  }

  /** The URL of the login app for a flow; with `prompt=registration` that of the sign-up page. */
  location(request: AuthorizationRequest, flowId: string): string {
    const { login, registration, self } = this.config.current.urls;
    const address = request.prompt.includes('registration') ? registration : login;
    return appUrl(
      { address, base: self.public },
      {
        identity_schema: request.identitySchema,
        login_challenge: this.handles.make('login_challenge', flowId),
      },
    );
  }

  private async ask(
    request: AuthorizationRequest,
    client: RegisteredClient,
    exchange: Exchange,
    login: AskedLogin,
  ): Promise<StartedLogin> {
    const now = exchange.arrivedAt;
    const { browser, cookies } = this.binding.bind(exchange, 'login_csrf');
    const flow: Flow = {
      state: 'login_asked',
      request,
      clientKey: client.key,
      consentId: uuidText(uuidV7(now)),
      browser,
      requestedAt: now.getTime(),
      login,
    };
    const flowId = await this.flows.start(flow, exchange);
    return { flowId, interaction: { kind: 'redirect', location: this.location(request, flowId), cookies } };
  }

  /** OpenID Connect Core §3.1.2.1: if the hint names another person than the one logged in, the request fails. */
  private async checkHint(
    { idTokenHintClaims: hint }: AuthorizationRequest,
    client: RegisteredClient,
    { subject }: LoginSession,
  ): Promise<void> {
    if (!hint || hint['sub'] === subject) return;
    if (hint['sub'] === (await this.subjects.identify(client, subject))) return;
    throw loginRequired("Somebody else than 'id_token_hint' names is logged in: send 'prompt=login' to change that.");
  }
}

/** W3C Fetch Metadata: the browser states the purpose of a request. */
function isFrameOnAnotherSite({ headers }: Exchange): boolean {
  return headers['sec-fetch-dest'] === 'iframe' && headers['sec-fetch-site'] === 'cross-site';
}

function freshLogin(now: Date, knownSubject?: string): AskedLogin {
  return { skip: false, subject: '', sessionId: uuidText(uuidV7(now)), ...(knownSubject ? { knownSubject } : {}) };
}
