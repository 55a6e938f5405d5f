import { Injectable } from '@nestjs/common';
import { LogoutFinish } from '../../consent/logout/logout-finish.js';
import type { LogoutInteraction } from '../../consent/logout/logout-interaction.js';
import { LogoutStart } from '../../consent/logout/logout-start.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { queryAndForm } from '../../http/exchange/query-and-form.js';
import type { Reply } from '../../http/replies/reply.js';
import { noStore, redirectReply } from '../../http/replies/replies.js';
import { languageFor } from '../../http/replies/page-language.js';
import { frontChannelReply } from './front-channel-page.js';

/**
 * The end-session endpoint (OpenID Connect RP-Initiated Logout §2). A request starts a logout; with `logout_verifier` it
 * completes one.
 */
@Injectable()
export class LogoutService {
  constructor(
    private readonly start: LogoutStart,
    private readonly finish: LogoutFinish,
  ) {}

  /** @throws OAuthError */
  async answer(exchange: Exchange): Promise<Reply> {
    return reply(await this.interact(exchange), exchange);
  }

  private async interact(exchange: Exchange): Promise<LogoutInteraction> {
    const query = eachOnce(exchange.query());
    const verifier = query.first('logout_verifier');
    if (verifier) return this.finish.complete(verifier, exchange);
    return this.start.begin(eachOnce(await queryAndForm(exchange)), exchange);
  }
}

function reply(interaction: LogoutInteraction, exchange: Exchange): Reply {
  const { cookies } = interaction;
  if (interaction.kind === 'redirect') return noStore(redirectReply(302, interaction.location, { cookies }));
  const page = frontChannelReply(interaction, languageFor(exchange));
  return noStore(cookies.length ? page.withHeaders({ 'set-cookie': cookies }) : page);
}
