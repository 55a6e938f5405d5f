import { Injectable, type Type } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { JsonValue } from '../../protocol/json.js';
import { invalidRequest, type OAuthError } from '../../protocol/oauth-error.js';
import type { Exchange } from './exchange.js';
import { JsonBody, readJson } from './json-body.js';
import { validationPipe } from './validation-pipe.js';

/** JSON bodies for endpoints that are served ahead of Express, with the same checks as those of controllers. */
@Injectable()
export class JsonBodies {
  private readonly door = validationPipe(invalidRequest);

  constructor(private readonly config: ConfigHolder) {}

  /** Returns the validated body. @throws OAuthError 400 invalid_request, 413 where it is longer than `limits.admin_json` */
  async read<Dto extends object>(exchange: Exchange, dto: Type<Dto>): Promise<Dto> {
    return (await this.door.transform(this.of(exchange), { type: 'body', metatype: dto })) as Dto;
  }

  /** Returns the body as sent, for callers that check its members themselves. @throws OAuthError of `toError`, 413 */
  readAsSent(exchange: Exchange, toError: (hint: string) => OAuthError): Promise<JsonValue> {
    return readJson(this.of(exchange), toError);
  }

  private of(exchange: Exchange): JsonBody {
    return new JsonBody(exchange, this.config.current.limits.admin_json);
  }
}
