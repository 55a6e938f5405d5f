/** Fetches and judges the document at a client id (draft §5). Nothing of a refused one is kept. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import { Events } from '../../events/events.js';
import { isLoopback } from '../../http/outbound/address-guard.js';
import { Documents } from '../../http/outbound/documents.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import type { OutboundResponse } from '../../http/outbound/outbound-request.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { RegistrationRules } from '../registration-rules/registration-rules.js';
import { hostOf } from './document-address.js';
import { usableFor } from './document-age.js';
import { DocumentRefused, type RefusedOutcome } from './document-refused.js';
import { readDocument, type ReadDocument } from './read-document.js';

export interface FetchedDocument extends ReadDocument {
  fetchedAt: Date;
  freshUntil: Date;
}

/** `application/json`, or a type that is JSON by its suffix (RFC 6839 §3.1). */
const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i;
/** One text for a name that is unknown, a server that is silent and an address that is not called: nobody maps a network by it. */
const UNREACHABLE = 'It cannot be fetched: it must be at a public address, and its server must answer in time.';

@Injectable()
export class DocumentFetches {
  constructor(
    private readonly documents: Documents,
    private readonly rules: RegistrationRules,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws DocumentRefused */
  async fetch(clientId: string): Promise<FetchedDocument> {
    try {
      const document = await this.judged(clientId);
      this.report(clientId, 'fetched');
      return document;
    } catch (error) {
      const refused = asRefusal(error);
      if (refused) this.report(clientId, refused.outcome);
      throw refused ?? error;
    }
  }

  private async judged(clientId: string): Promise<FetchedDocument> {
    const { current } = this.config;
    const answer = await this.answer(clientId, current);
    const fetchedAt = new Date();
    const read = await readDocument(answer.text, clientId, current);
    await this.rules.check({ clientId, owner: '', ...read });
    const seconds = usableFor(answer, current.clients.metadata_documents);
    return { ...read, fetchedAt, freshUntil: new Date(fetchedAt.getTime() + seconds * 1000) };
  }

  private async answer(url: string, configuration: Configuration): Promise<OutboundResponse> {
    const { max_bytes: maxBytes, timeout } = configuration.clients.metadata_documents;
    const answer = await this.documents.read({
      ...{ url, accept: 'application/json', timeoutMs: timeout * 1000, maxBytes },
      ...{ allowPrivate: false, allowLoopback: isOnThisMachine(configuration) },
    });
    if (answer.status !== 200) {
      throw new DocumentRefused('bad_answer', `Its server answered with status ${answer.status}: it must be 200.`);
    }
    if (!JSON_TYPE.test(String(answer.headers['content-type'] ?? ''))) {
      throw new DocumentRefused('bad_answer', 'Its server must send it as application/json.');
    }
    return answer;
  }

  private report(clientId: string, outcome: RefusedOutcome | 'fetched'): void {
    const about = { clientId, host: hostOf(clientId), outcome };
    this.events.publish({ type: 'client.document_fetched', at: new Date(), ...about });
  }
}

/** In development the documents of clients may be served by this machine, as the server itself is. */
function isOnThisMachine({ dev, urls, clients }: Configuration): boolean {
  if (!dev || clients.http.disallow_private_ip_ranges) return false;
  const host = new URL(urls.self.issuer).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || isLoopback(host);
}

/** Undefined for a fault of this server. */
function asRefusal(error: unknown): DocumentRefused | undefined {
  if (error instanceof DocumentRefused) return error;
  if (error instanceof OAuthError) return new DocumentRefused('invalid', error.hint ?? error.description, error);
  if (!(error instanceof OutboundError)) return undefined;
  if (error.reason === 'too_large') return new DocumentRefused('too_large', error.message, error);
  return new DocumentRefused('unreachable', UNREACHABLE, error);
}
