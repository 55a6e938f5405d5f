/**
 * Fetches documents at addresses that clients registered (keys, request objects, lists of redirect URIs). Anybody can make
 * this server fetch one, so few are fetched at a time, fewer from one domain, and simultaneous requests for one document
 * share a fetch. Addresses of strangers and of the operator have separate queues.
 */
import { Injectable } from '@nestjs/common';
import { domainOf } from './domain-of.js';
import { Lanes, LanesFull } from './lanes.js';
import { Outbound, type OutboundRequest } from './outbound.js';
import { OutboundError } from './outbound-error.js';
import type { OutboundResponse } from './outbound-request.js';

/** Without method and body: the URL and the permission to reach private addresses identify a document. */
export interface DocumentRequest extends Pick<
  OutboundRequest,
  'url' | 'timeoutMs' | 'maxBytes' | 'retry' | 'allowLoopback'
> {
  /** The value of the Accept header. */
  accept: string;
  allowPrivate: boolean;
}

const OF_STRANGERS = { running: 16, waiting: 128, runningEach: 4, waitingEach: 32 };
/** An operator may have hundreds of clients on one domain, which all send requests right after a start. */
const OF_OPERATOR = { running: 32, waiting: 1_024, runningEach: 16, waitingEach: 512 };

@Injectable()
export class Documents {
  private readonly lanes = { stranger: new Lanes(OF_STRANGERS), operator: new Lanes(OF_OPERATOR) };
  private readonly pending = new Map<string, Promise<OutboundResponse>>();

  constructor(private readonly outbound: Outbound) {}

  /** The answer, whatever its status. @throws OutboundError; its reason is `busy` where too many wait */
  read(request: DocumentRequest): Promise<OutboundResponse> {
    const key = JSON.stringify(request, ['url', 'allowPrivate', 'allowLoopback', 'accept', 'maxBytes', 'timeoutMs']);
    const shared = this.pending.get(key);
    if (shared) return shared;
    const answer = this.inTurn(request).finally(() => this.pending.delete(key));
    this.pending.set(key, answer);
    return answer;
  }

  private async inTurn({ accept, ...request }: DocumentRequest): Promise<OutboundResponse> {
    const lanes = request.allowPrivate ? this.lanes.operator : this.lanes.stranger;
    try {
      return await lanes.run(domainIn(request.url), () => this.outbound.fetch({ ...request, headers: { accept } }));
    } catch (error) {
      if (!(error instanceof LanesFull)) throw error;
      throw new OutboundError('busy', 'Too many documents are being fetched: try again in a moment.', error);
    }
  }
}

function domainIn(url: string): string {
  return URL.canParse(url) ? domainOf(new URL(url).hostname) : '';
}
