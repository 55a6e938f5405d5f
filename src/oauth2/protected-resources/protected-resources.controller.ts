import { Controller, Get } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { HttpExchange } from '../../http/exchange/http-exchange.js';
import { SwitchedOn } from '../../http/listener/routes/switched-on.js';
import { notFoundReply } from '../../http/replies/not-found.js';
import { jsonReply } from '../../http/replies/replies.js';
import type { Reply } from '../../http/replies/reply.js';
import { metadataOf, resourceAt } from './protected-resource-metadata.js';

const isOn = ({ oauth2 }: Configuration): boolean => oauth2.protected_resources.length > 0;

/** RFC 9728 §3: operators route this path of the resource's host here. */
@SwitchedOn(isOn)
@Controller('.well-known')
export class ProtectedResourcesController {
  constructor(private readonly config: ConfigHolder) {}

  @Get(['oauth-protected-resource', 'oauth-protected-resource/*path'])
  @ApiExcludeEndpoint()
  metadata(@HttpExchange() exchange: Exchange): Reply {
    const { current } = this.config;
    const { path, rawQuery, headers } = exchange;
    const whole = rawQuery === '' ? path : `${path}?${rawQuery}`;
    const resource = resourceAt(headers.host, whole, current.oauth2.protected_resources);
    return resource ? jsonReply(200, metadataOf(resource, current)) : notFoundReply(exchange);
  }
}
