import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { BrowserBinding } from '../../consent/flow/browser-binding.js';
import { OpenFlows } from '../../consent/flow/open-flows.js';
import { parseParameters, textParameter } from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { noStore, redirectReply } from '../../http/replies/replies.js';
import { DeviceRequests } from './device-requests.js';
import { DeviceFlows } from './device-flows.js';

/** The parameters of RFC 8628 §3.3.1, and the verifiers with which the login and consent apps send the browser back. */
const PARAMETERS = {
  user_code: textParameter,
  device_verifier: textParameter,
  login_verifier: textParameter,
  consent_verifier: textParameter,
};

/**
 * The endpoint for the person's browser (RFC 8628 §3.3). The browser calls it four times: to enter the user code, and when
 * it returns with the code, from login and from consent.
 */
@Injectable()
export class DeviceVerificationService {
  constructor(
    private readonly requests: DeviceRequests,
    private readonly flows: DeviceFlows,
    private readonly binding: BrowserBinding,
    private readonly config: ConfigHolder,
    private readonly open: OpenFlows,
  ) {}

  /** @throws OAuthError */
  async answer(exchange: Exchange): Promise<Reply> {
    const sent = parseParameters(PARAMETERS, eachOnce(exchange.query()));
    const verifiers = { login: sent.login_verifier, consent: sent.consent_verifier };
    if (verifiers.login ?? verifiers.consent) return this.flows.resume(verifiers, exchange);
    const { device_verifier: verifier } = sent;
    if (!verifier) return this.askForCode(exchange, sent.user_code);
    const check = (browser: string): void => {
      this.binding.check(exchange, 'device_csrf', browser);
    };
    return this.flows.begin(await this.requests.resume(verifier, check, new Date()), exchange);
  }

  /** Redirects to the page where the person enters the user code, or confirms the one in the address. */
  private async askForCode(exchange: Exchange, userCode: string | undefined): Promise<Reply> {
    await this.open.admit(exchange);
    const { urls } = this.config.current;
    const { browser, cookies } = this.binding.bind(exchange, 'device_csrf');
    const parameters = exchange
      .query()
      .entries()
      .filter(([name]) => !/^(user_code|client_id)$/i.test(name));
    const page = new URL(urls.device.verification, urls.self.public);
    const asking = { browser, address: exchange.remoteAddress };
    page.searchParams.set('device_challenge', await this.requests.start(asking, parameters, new Date()));
    if (userCode) page.searchParams.set('user_code', userCode);
    return noStore(redirectReply(302, page.toString(), { cookies }));
  }
}
