import { Injectable } from '@nestjs/common';
import { LogoutFinish } from '../../consent/logout/logout-finish.js';
import type { LogoutInteraction } from '../../consent/logout/logout-interaction.js';
import { LogoutStart } from '../../consent/logout/logout-start.js';
import { toOAuthError } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { FaultPages } from '../../http/fault-pages.js';
import { noStore, redirectReply } from '../../http/replies.js';
import { textsFor } from '../../http/languages/page-language.js';
import { frontChannelReply } from './front-channel-page.js';

/**
 * GET and POST /oauth2/sessions/logout (OpenID Connect RP-Initiated Logout §2): the start of a logout, and with
 * `logout_verifier` its end. Faults are shown here: nothing of them goes to a client.
 */
@Injectable()
export class LogoutEndpoint {
  constructor(
    private readonly start: LogoutStart,
    private readonly finish: LogoutFinish,
    private readonly faults: FaultPages,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      return reply(await this.interact(exchange), exchange);
    } catch (error) {
      return this.faults.show(toOAuthError(error, exchange), exchange);
    }
  }

  private async interact(exchange: Exchange): Promise<LogoutInteraction> {
    const query = exchange.query();
    const verifier = query.first('logout_verifier');
    if (verifier) return this.finish.complete(verifier, exchange);
    const hasForm = exchange.method === 'POST' && exchange.headers['content-length'] !== '0';
    return this.start.begin(hasForm ? (await exchange.form()).merge(query) : query, exchange);
  }
}

function reply(interaction: LogoutInteraction, exchange: Exchange): Reply {
  const { cookies } = interaction;
  if (interaction.kind === 'redirect') return noStore(redirectReply(302, interaction.location, { cookies }));
  const page = frontChannelReply(interaction, textsFor(exchange));
  return noStore({ ...page, headers: { ...page.headers, ...(cookies.length ? { 'set-cookie': cookies } : {}) } });
}
