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
import { isJsonObject } from './protocol/json.js';

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
    .addTag('oAuth2', 'OAuth 2.0')
    .addTag('oidc', 'OpenID Connect')
    .addTag('jwk', 'JSON Web Keys')
    .addTag('wellknown', 'Well-known addresses')
    .addTag('metadata', 'Service metadata')
    .addBasicAuth({ type: 'http', scheme: 'basic' }, 'basic')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .build();
  return SwaggerModule.createDocument(app, builder, { deepScanRoutes: true });
}
