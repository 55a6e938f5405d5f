/**
 * The start of a logout (OpenID Connect RP-Initiated Logout §2) by a client, which an ID token or `client_id` identifies, or
 * by a person without a client. No session ends yet: the logout app is asked first. No parameter leads to a URI that the
 * client has not registered.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { appUrl } from '../flow/request-url.js';
import { Handles } from '../flow/handles.js';
import { LogoutFlows } from './logout-flow.js';
import type { LogoutRedirect } from './logout-interaction.js';
import { LogoutRequestReader } from './logout-request-reader.js';
import { logoutUrl } from './logout-url.js';

@Injectable()
export class LogoutStart {
  constructor(
    private readonly reader: LogoutRequestReader,
    private readonly flows: LogoutFlows,
    private readonly handles: Handles,
    private readonly config: ConfigHolder,
  ) {}

  /** @param parameters of query or form @throws OAuthError invalid_request, for the error page */
  async begin(parameters: FormParams, exchange: Exchange): Promise<LogoutRedirect> {
    const { client, session, browserBound, mustAsk, target } = await this.reader.read(parameters, exchange);
    if (!session) return redirect(target);
    const { urls } = this.config.current;
    const flow = {
      ...{ state: 'asked' as const, subject: session.subject, sid: session.id, clientId: client?.clientId },
      ...{ browserBound, mustAsk, target, requestUrl: logoutUrl(urls.self.public, parameters.entries()) },
      requestedAt: exchange.arrivedAt.getTime(),
    };
    const id = await this.flows.start(flow, exchange);
    return redirect(
      appUrl(
        { address: urls.logout, base: urls.self.public },
        { logout_challenge: this.handles.make('logout_challenge', id) },
      ),
    );
  }
}

function redirect(location: string): LogoutRedirect {
  return { kind: 'redirect', location, cookies: [] };
}
