/** The validation of client documents: from arbitrary JSON to a DTO whose fields have their declared types. */
import type { Type } from '@nestjs/common';
import { validate } from 'class-validator';
import { isJsonObject, type JsonObject, type JsonValue, withoutNulls } from '../protocol/json.js';
import { invalidClientMetadata } from '../protocol/oauth-error.js';

/**
 * Unknown members are ignored, and `null` counts as absent, in lists too, except in `metadata`, which may hold any JSON.
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

/** Drops `null` members, and members that would change the class of the document and thus its validation. */
function membersOf(body: JsonObject): JsonObject {
  const members = Object.entries(body).filter(([name]) => name !== '__proto__' && name !== 'constructor');
  const given = members.filter(([name, value]) => value !== null || name === 'metadata');
  return Object.fromEntries(given.map(([name, value]) => [name, memberOf(name, value)]));
}

/** A `null` key makes the key set invalid, and `metadata` is kept as it is. */
function memberOf(name: string, value: JsonValue): JsonValue {
  if (name === 'metadata') return value;
  if (name !== 'jwks' || !isJsonObject(value) || !Array.isArray(value.keys)) return withoutNulls(value);
  return { ...value, keys: value.keys.map((key) => withoutNulls(key)) };
}
