/** Reads what a document may say about its client (draft §4, RFC 7591 §2). What only administrators may set is not read. */
import type { Configuration } from '../../config/configuration.js';
import { AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN } from '../../protocol/constants.js';
import { isJsonObject, type JsonObject } from '../../protocol/json.js';
import { isSecureRedirectUri } from '../../protocol/redirect-uri.js';
import { AllowedScopes, splitWords } from '../../protocol/scope.js';
import { parseStrictJson, StrictJsonError } from '../../protocol/strict-json.js';
import { parseClientDocument } from '../client-document.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { metadataOf } from '../client.mapper.js';
import type { ClientMetadata } from '../client-metadata.js';
import { DOCUMENT_MEMBERS } from './document-members.js';
import { DocumentRefused } from './document-refused.js';

export interface ReadDocument {
  name: string;
  metadata: ClientMetadata;
}

const MAX_DEPTH = 16;
/** What such a client may register; other values in its lists are left out. */
const GRANT_TYPES: readonly string[] = [AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE];
const RESPONSE_TYPES: readonly string[] = ['code'];
const AUTH_METHODS: readonly string[] = ['none', 'private_key_jwt'];
const ADDRESSES = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'jwks_uri'] as const;
/** Control characters, and those that turn the direction of the text around them: a name must not rewrite the page it is shown on. */
const UNSHOWABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/**
 * @param clientId the address that the text comes from
 * @throws DocumentRefused; OAuthError invalid_client_metadata for a member of a wrong type
 */
export async function readDocument(
  text: string,
  clientId: string,
  configuration: Configuration,
): Promise<ReadDocument> {
  const sent = objectIn(text, configuration.clients.metadata_documents.max_bytes);
  // Draft §4.1: simple string comparison (RFC 3986 §6.2.1).
  if (sent.client_id !== clientId)
    throw invalid("Its member 'client_id' must be its own address, character for character.");
  const secret = Object.keys(sent).find((name) => /^client_secret/i.test(name));
  if (secret !== undefined) throw invalid(`It must not have the member '${secret}': everybody can read the document.`);
  const own = DOCUMENT_MEMBERS.filter((name) => sent[name] !== undefined).map((name) => [name, sent[name]] as const);
  const { client_name: clientName } = sent;
  const named = clientName === undefined ? {} : { client_name: clientName };
  const document = await parseClientDocument(OAuth2ClientDto, { ...Object.fromEntries(own), ...named });
  check(document);
  const limited = Object.assign(document, {
    grant_types: allowed('grant_types', document.grant_types, GRANT_TYPES),
    response_types: allowed('response_types', document.response_types, RESPONSE_TYPES),
    token_endpoint_auth_method: document.token_endpoint_auth_method || 'none',
  });
  const metadata = { ...metadataOf(limited, configuration), scope: scopeOf(document, configuration) };
  return { name: document.client_name ?? '', metadata: { ...metadata, dynamically_registered: true } };
}

function objectIn(text: string, maxBytes: number): JsonObject {
  try {
    const value = parseStrictJson(text, { maxBytes, maxDepth: MAX_DEPTH });
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (error instanceof StrictJsonError) throw invalid(error.message, error);
    throw error;
  }
  throw invalid('It must be a JSON object.');
}

function check({ client_name: name = '', redirect_uris: redirects = [], ...document }: OAuth2ClientDto): void {
  if (UNSHOWABLE.test(name)) throw invalid("'client_name' must not hold control characters.");
  if (redirects.length === 0) throw invalid("'redirect_uris' must name at least one address.");
  if (!redirects.every(isSecureRedirectUri)) {
    throw invalid(
      "'redirect_uris' must be https, have a scheme of the app's own, or be http on 127.0.0.1, [::1] or localhost.",
    );
  }
  if (!AUTH_METHODS.includes(document.token_endpoint_auth_method || 'none')) {
    throw invalid(`'token_endpoint_auth_method' must be one of ${AUTH_METHODS.join(', ')}.`);
  }
  const unsafe = ADDRESSES.find((member) => document[member] && !/^https:\/\/./i.test(document[member]));
  if (unsafe !== undefined) throw invalid(`'${unsafe}' must be an https address.`);
}

/** Those of the values that are supported. Without any, the document is of no use: an empty list would mean the default. */
function allowed(name: string, values: readonly string[] | undefined, supported: readonly string[]): string[] {
  if (!values?.length) return [];
  const known = supported.filter((one) => values.includes(one));
  if (known.length > 0) return known;
  throw invalid(`'${name}' must hold one of ${supported.join(', ')}.`);
}

/** The words of the document that the operator lets such clients ask for; all of the operator's if it names none. */
function scopeOf({ scope }: OAuth2ClientDto, { clients, strategies }: Configuration): string {
  const most = clients.metadata_documents.scope;
  if (scope === undefined) return most.join(' ');
  const limits = new AllowedScopes(most);
  return splitWords(scope)
    .filter((word) => limits.admits(strategies.scope, word))
    .join(' ');
}

function invalid(message: string, cause?: unknown): DocumentRefused {
  return new DocumentRefused('invalid', message, cause);
}
