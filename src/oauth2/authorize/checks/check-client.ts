import { isClientId } from '../../../clients/client-id.js';
import type { Visit } from '../../../clients/metadata-documents/document-pace.js';
import type { MetadataDocuments } from '../../../clients/metadata-documents/metadata-documents.service.js';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { FormParams } from '../../../http/exchange/form-params.js';
import { invalidClient } from '../../../protocol/oauth-error.js';

/**
 * RFC 6749 §4.1.2.1: without a client there is no address for an error. A cached client is at most a second old on any
 * replica; before anything is issued, the client is read again.
 */
export async function checkClient(
  documents: Pick<MetadataDocuments, 'client'>,
  parameters: FormParams,
  visit: Visit,
): Promise<RegisteredClient> {
  const clientId = parameters.first('client_id');
  if (clientId === undefined) throw invalidClient("Parameter 'client_id' is missing.");
  const client = isClientId(clientId) ? await documents.client(clientId, visit) : undefined;
  if (!client) throw invalidClient("No client is registered under the value of parameter 'client_id'.");
  return client;
}
