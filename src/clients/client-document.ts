/** The door of client documents: from JSON of any form to a DTO whose fields have the types they say. */
import type { Type } from '@nestjs/common';
import { validate } from 'class-validator';
import { isJsonObject, type JsonObject } from '../protocol/json.js';
import { invalidClientMetadata } from '../protocol/oauth-error.js';

/**
 * Unknown members are ignored, and `null` is "not given", save in `metadata`, which may hold any JSON.
 * @throws OAuthError invalid_client_metadata that names each field of a wrong type
 */
export async function parseClientDocument<T extends object>(type: Type<T>, body: unknown): Promise<T> {
  if (!isJsonObject(body)) throw invalidClientMetadata('The body of the request must be a JSON object.');
  const document = Object.assign(new type(), membersOf(body));
  const errors = await validate(document, { forbidUnknownValues: false });
  const faults = errors.flatMap(({ constraints }) => Object.values(constraints ?? {}));
  if (faults.length) throw invalidClientMetadata(`${faults.join('. ')}.`);
  return document;
}

/** Without what would change the class of the document, and with it what is validated. */
function membersOf(body: JsonObject): JsonObject {
  const members = Object.entries(body).filter(([name]) => name !== '__proto__' && name !== 'constructor');
  return Object.fromEntries(members.filter(([name, value]) => value !== null || name === 'metadata'));
}
