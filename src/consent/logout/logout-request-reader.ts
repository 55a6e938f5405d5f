/** Reads the parameters of a logout: the client, the session to end, and the final redirect. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { BrowserSession } from '../sessions/browser-session.js';
import { type LoginSession, LoginSessions } from '../sessions/login-sessions.js';
import { LogoutHints } from './logout-hint.js';
import { withState } from './logout-url.js';

/** The result of reading the parameters. */
interface LogoutRequest {
  client?: RegisteredClient;
  /** Undefined: there is no session to end. */
  session?: Pick<LoginSession, 'id' | 'subject'>;
  browserBound: boolean;
  /** RP-Initiated Logout §2: there is no hint, or its session is not the one in this browser. */
  mustAsk: boolean;
  target: string;
}

@Injectable()
export class LogoutRequestReader {
  constructor(
    private readonly hints: LogoutHints,
    private readonly clients: ClientsService,
    private readonly sessions: LoginSessions,
    private readonly browser: BrowserSession,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError invalid_request */
  async read(parameters: FormParams, exchange: Exchange): Promise<LogoutRequest> {
    const hint = parameters.first('id_token_hint');
    if (hint !== undefined) return this.readHint(hint, parameters, exchange);
    const client = await this.readClient(parameters);
    const session = await this.browser.read(exchange);
    return { client, session, browserBound: true, mustAsk: true, target: this.target(client, parameters) };
  }

  private async readHint(hint: string, parameters: FormParams, exchange: Exchange): Promise<LogoutRequest> {
    const { client, sid } = await this.hints.read(hint, exchange.arrivedAt);
    const named = parameters.first('client_id');
    if (named !== undefined && named !== client.clientId) {
      throw invalidRequest("Parameter 'client_id' is not the client that 'id_token_hint' was issued to.");
    }
    const target = this.target(client, parameters);
    const [session, inBrowser] = await Promise.all([this.sessions.find(sid), this.browser.read(exchange)]);
    const mustAsk = inBrowser !== undefined && inBrowser.id !== sid;
    return { client, session, browserBound: false, mustAsk, target };
  }

  /** The client named by `client_id`, for a request without a hint. */
  private async readClient(parameters: FormParams): Promise<RegisteredClient | undefined> {
    const id = parameters.first('client_id');
    if (id === undefined) {
      // With a hint, a state without a URI is no error (RP-Initiated Logout §2). Without client and hint both are errors.
      const stray = ['post_logout_redirect_uri', 'state'].find((name) => parameters.first(name) !== undefined);
      if (stray === undefined) return undefined;
      throw invalidRequest(`Parameter '${stray}' needs 'id_token_hint' or 'client_id' beside it.`);
    }
    const client = await this.clients.cached(id);
    if (!client) throw invalidRequest("Parameter 'client_id' names no registered client.");
    return client;
  }

  private target(client: RegisteredClient | undefined, parameters: FormParams): string {
    const uri = parameters.first('post_logout_redirect_uri');
    if (uri === undefined) return this.config.current.urls.post_logout_redirect;
    if (client?.metadata.post_logout_redirect_uris.includes(uri)) return withState(uri, parameters.first('state'));
    throw invalidRequest(
      "Parameter 'post_logout_redirect_uri' is not exactly one of the client's post_logout_redirect_uris.",
    );
  }
}
