/** Answers that go to the client's redirect URI (RFC 6749 §4.1.2, §4.2.2; RFC 9207). */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { shownParameters, toOAuthError } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { direct } from '../../http/fault-pages.js';
import { noStore } from '../../http/replies.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import type { AnswerTarget } from './proven-request.js';
import { writerOf } from './response-modes/index.js';
import type { ResponseParameters } from './response-modes/response-mode.js';

@Injectable()
export class ClientAnswers {
  constructor(private readonly config: ConfigHolder) {}

  /**
   * The reply of the step, or its error told to the client. That a store cannot be reached is a 503 of our own: the
   * browser may ask the same again in a moment, and the client has nothing to change.
   */
  async orError<T>(target: AnswerTarget, exchange: Exchange, step: () => Promise<T>): Promise<T | Reply> {
    try {
      return await step();
    } catch (error) {
      const known = toOAuthError(error, exchange);
      const isOutage = known.status === 503 && !(error instanceof OAuthError);
      return isOutage ? direct(known, exchange) : this.answer(target, shownParameters(known, exchange));
    }
  }

  /** `state` is there even when it is empty; `iss` tells a client of several servers which one answers (RFC 9207 §2). */
  answer(target: AnswerTarget, parameters: ResponseParameters, cookies: readonly string[] = []): Reply {
    const all = { ...parameters, state: target.state, iss: this.config.current.urls.self.issuer };
    const reply = noStore(writerOf(target.responseMode).write(target.redirectUri, all));
    return cookies.length ? { ...reply, headers: { ...reply.headers, 'set-cookie': [...cookies] } } : reply;
  }
}
