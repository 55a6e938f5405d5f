import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { BrowserBinding } from '../../consent/flow/browser-binding.js';
import { toOAuthError } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { FaultPages } from '../../http/fault-pages.js';
import { noStore, redirectReply } from '../../http/replies.js';
import { DeviceRequests } from './device-requests.js';
import { DeviceFlows } from './device-flows.js';

/**
 * GET /oauth2/device/verify (RFC 8628 §3.3): the browser of the person, four times: for the user code, and on its ways
 * back with it, from login and from consent.
 */
@Injectable()
export class DeviceVerificationEndpoint {
  constructor(
    private readonly requests: DeviceRequests,
    private readonly flows: DeviceFlows,
    private readonly binding: BrowserBinding,
    private readonly faults: FaultPages,
    private readonly config: ConfigHolder,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const query = exchange.query();
      const verifiers = { login: query.first('login_verifier'), consent: query.first('consent_verifier') };
      if (verifiers.login ?? verifiers.consent) return await this.flows.resume(verifiers, exchange);
      const verifier = query.first('device_verifier');
      if (!verifier) return await this.askForCode(exchange);
      const check = (browser: string): void => {
        this.binding.check(exchange, 'device_csrf', browser);
      };
      return await this.flows.begin(await this.requests.resume(verifier, check, new Date()), exchange);
    } catch (error) {
      return this.faults.show(toOAuthError(error, exchange), exchange);
    }
  }

  /** To the page where the person enters the user code, or confirms the one that came along. */
  private async askForCode(exchange: Exchange): Promise<Reply> {
    const { urls } = this.config.current;
    const { browser, cookies } = this.binding.bind(exchange, 'device_csrf');
    const query = exchange.query();
    const parameters = query.entries().filter(([name]) => !/^(user_code|client_id)$/i.test(name));
    const page = new URL(urls.device.verification, urls.self.public);
    const asking = { browser, address: exchange.remoteAddress };
    page.searchParams.set('device_challenge', await this.requests.start(asking, parameters, new Date()));
    const userCode = query.first('user_code');
    if (userCode) page.searchParams.set('user_code', userCode);
    return noStore(redirectReply(302, page.toString(), { cookies }));
  }
}
