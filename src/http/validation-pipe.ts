/**
 * The door of controllers with a JSON body: reads it, makes the DTO, validates. `@UsePipes(validationPipe(factory))` on
 * the controller chooses the error of the wire for broken JSON and for invalid members alike. Unknown members are
 * ignored; a member that is `null` counts as not given. A parameter without DTO class (`@Body() body: unknown`) gets
 * the parsed JSON as it is.
 */
import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { Transform } from 'class-transformer';
import type { ValidationError } from 'class-validator';
import { isJsonObject } from '../protocol/json.js';
import type { OAuthError } from '../protocol/oauth-error.js';
import { JsonBody, readJson } from './json-body.js';

type ToError = (hint: string) => OAuthError;

export function validationPipe(toError: ToError): ValidationPipe {
  return new JsonBodyPipe(toError);
}

/** The parsed objects behind the copies that class-transformer sees. */
const originals = new WeakMap<object, Record<string, unknown>>();

/** Property decorator: the JSON value as sent, for members of any form (`metadata`, `context`, session claims). */
export function AsSent(): PropertyDecorator {
  return Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => (originals.get(obj) ?? obj)[key]);
}

class JsonBodyPipe extends ValidationPipe {
  constructor(private readonly toError: ToError) {
    super({
      transform: true,
      whitelist: true,
      forbidUnknownValues: false,
      exceptionFactory: (errors) => toError(explain(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (!(value instanceof JsonBody)) return metadata.type === 'body' ? value : super.transform(value, metadata);
    const body = await readJson(value, this.toError);
    if (!this.toValidate(metadata)) return body;
    if (!isJsonObject(body)) throw this.toError('The body of the request must be a JSON object.');
    const dto: unknown = await super.transform(withoutNull(copyOf(body)), metadata);
    return dropNull(dto);
  }
}

/** class-transformer takes a member called `constructor` for the class of its object, and Nest deletes it: a copy has none. */
function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([name]) => name !== '__proto__' && name !== 'constructor');
  const copy = Object.fromEntries(members.map(([name, member]) => [name, copyOf(member)]));
  originals.set(copy, value);
  return copy as Value;
}

function withoutNull(body: Record<string, unknown>): Record<string, unknown> {
  for (const [name, member] of Object.entries(body)) if (member === null) Reflect.deleteProperty(body, name);
  return body;
}

/** In nested DTOs too `null` is "not given"; plain objects are somebody's own JSON and stay. */
function dropNull(value: unknown): unknown {
  if (Array.isArray(value)) value.forEach(dropNull);
  else if (isDto(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (member === null) Reflect.deleteProperty(value, name);
      else dropNull(member);
    }
  }
  return value;
}

function isDto(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}

/** Every fault, each with the path of its member: `redirect_uris.0 must be a string`. */
function explain(errors: ValidationError[], path = ''): string {
  return errors.map((error) => explainOne(error, path)).join(' ');
}

function explainOne({ property, constraints, children }: ValidationError, path: string): string {
  const own = Object.values(constraints ?? {}).map((text) => sentence(`${path}${text}`));
  const below = children?.length ? [explain(children, `${path}${property}.`)] : [];
  return [...own, ...below].join(' ');
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
