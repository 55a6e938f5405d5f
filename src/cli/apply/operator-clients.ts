/** `OAuth2Client` resources of Ory's operator (hydra-maester), with the Secrets that name their id and secret. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import { type Declaration, specOf, textOf } from './declaration.js';
import type { FoundDocument } from './read-documents.js';

/** What a resource that leaves a member out means: the operator sends these in any case. */
const ALWAYS: JsonObject = {
  grant_types: [],
  response_types: [],
  redirect_uris: [],
  post_logout_redirect_uris: [],
  allowed_cors_origins: [],
  audience: [],
  scope: '',
  skip_consent: false,
  metadata: {},
  jwks_uri: '',
  frontchannel_logout_uri: '',
  frontchannel_logout_session_required: false,
  backchannel_logout_uri: '',
  backchannel_logout_session_required: false,
};

const MEMBERS: Record<string, string | undefined> = {
  clientName: 'client_name',
  grantTypes: 'grant_types',
  responseTypes: 'response_types',
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  allowedCorsOrigins: 'allowed_cors_origins',
  audience: 'audience',
  scope: 'scope',
  skipConsent: 'skip_consent',
  tokenEndpointAuthMethod: 'token_endpoint_auth_method',
  metadata: 'metadata',
  jwksUri: 'jwks_uri',
  frontChannelLogoutSessionRequired: 'frontchannel_logout_session_required',
  frontChannelLogoutURI: 'frontchannel_logout_uri',
  backChannelLogoutSessionRequired: 'backchannel_logout_session_required',
  backChannelLogoutURI: 'backchannel_logout_uri',
};
/** What concerns the operator alone, and what is read apart. */
const READ_APART = new Set(['secretName', 'hydraAdmin', 'deletionPolicy', 'scopeArray', 'tokenLifespans']);

export const isOperators = ({ apiVersion }: JsonObject): boolean => textOf(apiVersion).startsWith('hydra.ory.sh/');

export const isSecret = ({ apiVersion, kind }: JsonObject): boolean => apiVersion === 'v1' && kind === 'Secret';

/** @param secrets the Secrets among the same files */
export function operatorsClient({ document, ...at }: FoundDocument, secrets: readonly JsonObject[]): Declaration {
  const spec = specOf(document, at.where);
  const { name, namespace } = namesOf(document);
  const secret = secrets
    .map((one) => ({ one, ...namesOf(one) }))
    .find((found) => {
      return found.name === spec.secretName && found.namespace === namespace;
    });
  const { scopeArray, tokenLifespans } = spec;
  const scopes = [spec.scope, ...(Array.isArray(scopeArray) ? scopeArray : [])].filter((one) => one);
  return {
    kind: 'OAuth2Client',
    ...at,
    spec: {
      ...ALWAYS,
      ...renamed(spec, at.where),
      ...(isJsonObject(tokenLifespans) && tokenLifespans),
      scope: scopes.map(String).join(' '),
      owner: `${name}/${namespace}`,
      ...(secret && credentials(secret.one)),
    },
  };
}

function renamed(spec: JsonObject, where: string): JsonObject {
  const given = Object.entries(spec).filter(([name]) => !READ_APART.has(name));
  return Object.fromEntries(
    given.map(([name, value]): [string, JsonValue] => {
      const member = MEMBERS[name];
      if (member === undefined) throw new CommandFailed(`${where}: spec.${name} is not known.`);
      return [member, value];
    }),
  );
}

function namesOf(document: JsonObject): { name: string; namespace: string } {
  const { name = '', namespace = 'default' } = (document.metadata ?? {}) as Record<string, string | undefined>;
  return { name, namespace };
}

/** A Secret holds base64 in `data`, and text in `stringData`, which wins. */
function credentials({ data, stringData }: JsonObject): JsonObject {
  const decoded = Object.entries(isJsonObject(data) ? data : {}).map(([name, value]): [string, JsonValue] => [
    name,
    Buffer.from(textOf(value), 'base64').toString(),
  ]);
  const all: JsonObject = { ...Object.fromEntries(decoded), ...(isJsonObject(stringData) && stringData) };
  const { CLIENT_ID: id, CLIENT_SECRET: secret } = all;
  return { ...(id && { client_id: id }), ...(secret && { client_secret: secret }) };
}
