import { Injectable } from '@nestjs/common';
import { errorReply, toOAuthError } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { jsonReply, noStore } from '../../http/replies.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import { bearerToken } from '../../http/bearer-token.js';
import { UserinfoService } from './userinfo.service.js';

/** GET and POST /userinfo (OpenID Connect Core §5.3). */
@Injectable()
export class UserinfoEndpoint {
  constructor(private readonly userinfo: UserinfoService) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const answer = await this.userinfo.userinfo(await bearerToken(exchange), new Date());
      if (answer.kind === 'json') return noStore(jsonReply(200, answer.claims));
      return noStore({ status: 200, headers: { 'content-type': 'application/jwt' }, body: answer.jwt });
    } catch (error) {
      return noStore(errorReply(challenged(toOAuthError(error, exchange)), exchange));
    }
  }
}

/** RFC 6750 §3: a 401 says how to authenticate, and why this try failed. */
function challenged(error: OAuthError): OAuthError {
  if (error.status !== 401) return error;
  const { error: code, error_description: description } = error.toParameters();
  const text = description.replaceAll('\\', '/').replace(/[^ -~]/g, '?'); // a header holds printable ASCII
  return error.withHeaders({ 'www-authenticate': `Bearer error="${code}",error_description="${text}"` });
}
