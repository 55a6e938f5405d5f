import { Injectable } from '@nestjs/common';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import { jsonReply } from '../../http/replies.js';
import { DiscoveryService } from './discovery.service.js';

interface Prepared {
  configuration: Configuration;
  algorithm: string;
  reply: Reply;
}

/** Both well-known paths serve the same bytes, made anew when the configuration or the signing algorithm changes. */
@Injectable()
export class DiscoveryEndpoint {
  private prepared?: Prepared;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly config: ConfigHolder,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const algorithm = await this.discovery.algorithm();
      const { current: configuration } = this.config;
      if (this.prepared?.algorithm !== algorithm || this.prepared.configuration !== configuration) {
        this.prepared = { configuration, algorithm, reply: prepare(this.discovery.document(algorithm)) };
      }
      return this.prepared.reply;
    } catch (error) {
      return errorReply(error, exchange);
    }
  }
}

function prepare(document: unknown): Reply {
  const { body, ...reply } = jsonReply(200, document);
  return { ...reply, body: Buffer.from(body ?? '') };
}
