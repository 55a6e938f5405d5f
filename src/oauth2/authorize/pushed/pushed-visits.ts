import { Injectable } from '@nestjs/common';
import type { Visit } from '../../../clients/metadata-documents/document-pace.js';
import { carriedDocument } from '../../../clients/metadata-documents/introduced-client.js';
import { MetadataDocuments } from '../../../clients/metadata-documents/metadata-documents.service.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import type { FormParams } from '../../../http/exchange/form-params.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { AuthorizationRequests } from '../authorization-requests.js';
import { checkClient } from '../checks/check-client.js';
import { mayUseRedirectUri } from '../checks/check-redirect-uri.js';
import type { BegunRequest } from '../proven-request.js';
import { PushedRequests } from './pushed-requests.js';
import { namesPushedRequest } from './request-uris.js';

/** A browser arrives with the `request_uri` of a pushed request (RFC 9126 §4). */
@Injectable()
export class PushedVisits {
  constructor(
    private readonly documents: MetadataDocuments,
    private readonly pushed: PushedRequests,
    private readonly requests: AuthorizationRequests,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Undefined if the request names no pushed one. Otherwise its other parameters are not read. The registration of the client
   * may have changed since the push: what depends on it is checked again (RFC 9126 §7.4).
   * @throws OAuthError, which must not be sent to any address
   */
  async begin(sent: FormParams, visit: Visit): Promise<BegunRequest | undefined> {
    const requestUri = sent.first('request_uri');
    const { current } = this.config;
    if (!current.oauth2.pushed_authorization_requests.enabled || !namesPushedRequest(requestUri)) return undefined;
    if (sent.first('client_id') === undefined) throw invalidRequest("Parameter 'client_id' is missing.");
    const client = await checkClient(this.documents, sent, visit);
    const kept = await this.pushed.visit(requestUri, client, visit.arrivedAt);
    const request = { ...kept, clientDocument: carriedDocument(client) };
    if (!mayUseRedirectUri(client, request, current)) {
      throw invalidRequest('The redirect URI was taken off the client after the request was pushed.');
    }
    const validate: BegunRequest['validate'] = () => {
      this.requests.validateAnew({ ...request, client });
      return Promise.resolve(request);
    };
    return { client, target: request, validate };
  }
}
