import { Injectable } from '@nestjs/common';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Reply } from '../../http/replies/reply.js';
import { jsonReply } from '../../http/replies/replies.js';
import { DiscoveryService } from './discovery.service.js';

interface Prepared {
  configuration: Configuration;
  algorithms: readonly string[];
  reply: Reply;
}

/** All well-known paths serve the same bytes, which are rebuilt when the configuration or a key changes. */
@Injectable()
export class DiscoveryDocument {
  private prepared?: Prepared;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly config: ConfigHolder,
  ) {}

  async reply(): Promise<Reply> {
    const algorithms = await this.discovery.algorithms();
    const { current: configuration } = this.config;
    if (this.prepared?.algorithms !== algorithms || this.prepared.configuration !== configuration) {
      this.prepared = { configuration, algorithms, reply: prepare(this.discovery.document(algorithms)) };
    }
    return this.prepared.reply;
  }
}

function prepare(document: unknown): Reply {
  const { status, headers, body = '' } = jsonReply(200, document);
  return new Reply(status, headers, Buffer.from(body));
}
