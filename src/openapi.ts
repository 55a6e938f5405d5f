/**
 * The OpenAPI document, from controllers and DTOs, in Nest's preview mode: nothing is instantiated and no database is
 * needed. It runs on the compiled program, where the swagger plugin has read the comments.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import type { Configuration } from './config/configuration.js';
import { ANY_JSON } from './http/replies/any-json.js';
import { addExamples } from './openapi/add-examples.js';
import { isJsonObject } from './protocol/json.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Why an operation refuses, by status. `default` is every other error, such as 503 while the database cannot be reached. */
const DESCRIPTIONS = {
  400: 'A parameter or a member of the body is missing, repeated or not valid.',
  401: 'The client did not authenticate, or the token is missing, unknown, expired or not for this endpoint.',
  404: 'There is none, or what the endpoint belongs to is switched off.',
  409: 'One with the same values exists already.',
  429: 'This address or this client has sent more requests than `rate_limits` allows it.',
} as const;

type Status = keyof typeof DESCRIPTIONS;

const MANAGEMENT: Status[] = [401, 404, 429];

const REFUSALS: Record<string, Status[]> = {
  getJsonWebKeySet: [404],
  createJsonWebKeySet: [400],
  setJsonWebKeySet: [400],
  getJsonWebKey: [404],
  setJsonWebKey: [400],
  listOAuth2Clients: [400],
  createOAuth2Client: [400, 409],
  getOAuth2Client: [404],
  setOAuth2Client: [400, 404],
  patchOAuth2Client: [400, 404],
  deleteOAuth2Client: [404],
  setOAuth2ClientLifespans: [400, 404],
  createOidcDynamicClient: [400, ...MANAGEMENT],
  getOidcDynamicClient: MANAGEMENT,
  setOidcDynamicClient: [400, ...MANAGEMENT],
  deleteOidcDynamicClient: MANAGEMENT,
  trustOAuth2JwtGrantIssuer: [400, 409],
  listTrustedOAuth2JwtGrantIssuers: [400],
  getTrustedOAuth2JwtGrantIssuer: [400, 404],
  deleteTrustedOAuth2JwtGrantIssuer: [400, 404],
  getOAuth2LoginRequest: [400, 404],
  acceptOAuth2LoginRequest: [400, 404],
  rejectOAuth2LoginRequest: [400, 404],
  getOAuth2ConsentRequest: [400, 404],
  acceptOAuth2ConsentRequest: [400, 404],
  rejectOAuth2ConsentRequest: [400, 404],
  getOAuth2LogoutRequest: [400, 404],
  acceptOAuth2LogoutRequest: [400, 404],
  rejectOAuth2LogoutRequest: [400, 404],
  acceptUserCodeRequest: [400, 404],
  getOAuth2CibaRequest: [404],
  acceptOAuth2CibaRequest: [400, 404],
  rejectOAuth2CibaRequest: [400, 404],
  listOAuth2ConsentSessions: [400],
  revokeOAuth2ConsentSessions: [400],
  listOAuth2LoginSessions: [400],
  revokeOAuth2LoginSessions: [400],
  listOAuth2LogoutDeliveries: [400],
  deleteOAuth2Token: [400],
  listOAuth2Grants: [400],
  introspectOAuth2Token: [400],
  pushAuthorizationRequest: [400, 401, 404, 429],
  oauth2TokenExchange: [400, 401, 429],
  oAuth2DeviceFlow: [400, 401, 429],
  backchannelAuthentication: [400, 401, 404, 429],
  revokeOAuth2Token: [400, 401, 429],
  getOidcUserInfo: [401],
  createVerifiableCredential: [400, 401],
  oAuth2Authorize: [429],
  performOAuth2DeviceVerificationFlow: [429],
  revokeOidcSession: [429],
};

/** Clients may authenticate by a secret in the header here, or in another way that they registered. */
const AUTHENTICATED = [
  'oauth2TokenExchange',
  'revokeOAuth2Token',
  'pushAuthorizationRequest',
  'backchannelAuthentication',
  'oAuth2DeviceFlow',
];

/** Writes the document to a file, or to standard output for `-`. */
export async function writeOpenApi(file: string, configuration: Configuration): Promise<void> {
  const text = `${JSON.stringify(await document(configuration), withoutEmptyAlternative, 2)}\n`;
  if (file === '-') process.stdout.write(text);
  else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Removes the empty alternative of ANY_JSON. The plugin may have added keywords for the TypeScript type. */
function withoutEmptyAlternative(_key: string, value: unknown): unknown {
  if (!isJsonObject(value) || JSON.stringify(value.oneOf) !== JSON.stringify(ANY_JSON.oneOf)) return value;
  const { oneOf: _alternative, additionalProperties: _inside, ...said } = value;
  return said;
}

async function document(configuration: Configuration): Promise<OpenAPIObject> {
  const app = await NestFactory.create(AppModule.register(configuration), { preview: true, logger: false });
  const builder = new DocumentBuilder()
    .setTitle('Ostiary')
    .setDescription('OAuth 2.0 authorization server and OpenID Connect provider, compatible with Ory Hydra.')
    .setVersion('1.0.0')
    .setLicense('Apache 2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('http://127.0.0.1:4445', 'The admin port')
    .addServer('http://127.0.0.1:4444', 'The public port')
    .addTag('oAuth2', 'OAuth 2.0')
    .addTag('oidc', 'OpenID Connect')
    .addTag('jwk', 'JSON Web Keys')
    .addTag('wellknown', 'Well-known addresses')
    .addTag('metadata', 'Service metadata')
    .addBasicAuth({ type: 'http', scheme: 'basic' }, 'basic')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, builder, { deepScanRoutes: true });
  describeErrors(document);
  addExamples(document);
  return { ...document, security: [] }; // the admin port asks for nothing; the others say so themselves
}

/**
 * Adds the refusals to each operation, with the schema that the operation's `default` has.
 * @throws where the list names an operation that does not exist
 */
function describeErrors(document: OpenAPIObject): void {
  const left = new Map(Object.entries(REFUSALS));
  const paths = Object.values(document.paths) as Record<string, Operation | undefined>[];
  for (const operation of paths.flatMap((path) => Object.values(path))) {
    const id = operation?.operationId ?? '';
    if (operation) describe(operation, left.get(id) ?? []);
    if (operation && AUTHENTICATED.includes(id)) operation.security = [{ basic: [] }, {}];
    left.delete(id);
  }
  if (left.size > 0) throw new Error(`No operation is called ${[...left.keys()].join(', ')}.`);
}

function describe(operation: Operation, statuses: readonly Status[]): void {
  const responses = operation.responses as Record<string, { description: string; content?: object } | undefined>;
  const content = responses.default?.content;
  for (const status of statuses) {
    responses[status] ??= { description: DESCRIPTIONS[status], ...(content && { content }) };
  }
}
