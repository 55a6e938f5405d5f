/**
 * Fetches the document at a `request_uri` and caches it for a moment, because many browsers may use the same address at
 * once. The document is checked at each use. A failure is cached as well, so that an unresponsive address is not called
 * for each request.
 */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { mayReachPrivate } from '../../clients/private-reach.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Documents } from '../../http/outbound/documents.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import { sizeOfText } from '../../protocol/json-size.js';
import { invalidRequestUri, OAuthError, temporarilyUnavailable } from '../../protocol/oauth-error.js';

const TIMEOUT_MS = 5_000;
/**
 * Each flow stores its parameters, and short requests may name the same long document again and again. The limit is many
 * times the size of honest documents.
 */
const MAX_BYTES = 16 * 1024;
const ACCEPT = 'application/oauth-authz-req+jwt, application/jwt';
/** Short, so that a replaced document takes effect soon. */
const KEPT_MS = 3_000;
/** The limit for all documents together, because clients choose the size of theirs. */
const KEPT_BYTES = 16 * 2 ** 20;

type Outcome = { text: string } | { error: OAuthError };

@Injectable()
export class RequestDocuments {
  private readonly kept = new LRUCache<string, Outcome>({
    max: 1_000,
    maxSize: KEPT_BYTES,
    sizeCalculation: (outcome, key) => sizeOfText(key) + ('text' in outcome ? sizeOfText(outcome.text) : 1_024),
    ttl: KEPT_MS,
  });

  constructor(
    private readonly documents: Documents,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError invalid_request_uri, or temporarily_unavailable if too many requests are waiting */
  async read(url: string, { metadata }: RegisteredClient): Promise<string> {
    const allowPrivate = mayReachPrivate(metadata, this.config.current);
    const key = `${String(allowPrivate)} ${url}`; // a client without access to private addresses must not read from them
    const outcome = this.kept.get(key) ?? this.keep(key, await this.fetch(url, allowPrivate));
    if ('error' in outcome) throw outcome.error;
    return outcome.text;
  }

  private keep(key: string, outcome: Outcome): Outcome {
    this.kept.set(key, outcome);
    return outcome;
  }

  /** @throws OAuthError temporarily_unavailable if no request was sent */
  private async fetch(url: string, allowPrivate: boolean): Promise<Outcome> {
    const maxBytes = Math.min(MAX_BYTES, this.config.current.limits.authorize_query);
    try {
      const { status, text } = await this.documents.read({
        url,
        accept: ACCEPT,
        timeoutMs: TIMEOUT_MS,
        maxBytes,
        allowPrivate,
      });
      if (status === 200) return { text: text.trim() };
      return { error: invalidRequestUri(`The address in parameter 'request_uri' answered ${status}, not 200.`) };
    } catch (cause) {
      if (cause instanceof OutboundError && cause.reason === 'busy') {
        throw temporarilyUnavailable('Too many request objects are being fetched: try again in a moment.', cause);
      }
      return { error: invalidRequestUri("The address in parameter 'request_uri' could not be fetched.", cause) };
    }
  }
}
