/**
 * The validation of JSON bodies for controllers: reads the body, makes the DTO, validates it.
 * `@UsePipes(validationPipe(factory))` on the controller chooses the error for broken JSON and for invalid members alike.
 * Unknown members are ignored. `null` counts as absent, as a member and as an element of a list, except inside JSON that is
 * stored as sent (`AsSent`), and where dropping an element would change the meaning (`NoNullElements`). A parameter without a
 * DTO class (`@Body() body: unknown`) gets the parsed JSON unchanged.
 */
import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { Transform } from 'class-transformer';
import type { ValidationError } from 'class-validator';
import { isJsonObject, type JsonObject, withoutNulls } from '../../protocol/json.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import { JsonBody, readJson } from './json-body.js';

type ToError = (hint: string) => OAuthError;

export function validationPipe(toError: ToError): ValidationPipe {
  return new JsonBodyPipe(toError);
}

/** The parsed objects behind the copies that class-transformer gets. */
const originals = new WeakMap<object, JsonObject>();

/** Property decorator: the JSON value as sent, for members of any structure (`metadata`, `context`, session claims). */
export function AsSent(): PropertyDecorator {
  return Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => (originals.get(obj) ?? obj)[key]);
}

/** Property decorator of a list in which a `null` element is an error, where other lists skip it. */
export function NoNullElements(): PropertyDecorator {
  return Transform(({ obj, key, value }: { obj: Record<string, unknown>; key: string; value: unknown }) => {
    const sent = originals.get(obj)?.[key];
    return Array.isArray(sent) && sent.includes(null) ? sent : value;
  });
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
    if (metadata.type !== 'body') return super.transform(value, metadata);
    if (!(value instanceof JsonBody)) return value;
    const body = await readJson(value, this.toError);
    if (!this.toValidate(metadata)) return body;
    if (!isJsonObject(body)) throw this.toError('The body of the request must be a JSON object.');
    return super.transform(withoutNulls(body, remember), metadata);
  }
}

/** class-transformer takes a member called `constructor` for the class, and Nest deletes it: so the copy has none. */
function remember(copy: JsonObject, original: JsonObject): void {
  for (const name of ['__proto__', 'constructor']) Reflect.deleteProperty(copy, name);
  originals.set(copy, original);
}

/** All errors, each with the path of its member: `redirect_uris.0 must be a string`. */
function explain(errors: ValidationError[], path = ''): string {
  return errors.map((error) => explainOne(error, path)).join(' ');
}

function explainOne({ property, constraints, children }: ValidationError, path: string): string {
  const own = Object.values(constraints ?? {}).map((text) => sentence(`${path}${text}`));
  const below = children?.length ? [explain(children, `${path}${property}.`)] : [];
  return [...own, ...below].join(' ');
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
