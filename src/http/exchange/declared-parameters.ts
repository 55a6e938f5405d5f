/**
 * The parameters that an endpoint or a grant type reads from a form or a query: declared beside the endpoint with one reader
 * for each parameter, and parsed once when the request arrives. `eachOnce` has checked before that no parameter is repeated.
 */
import { requestedAudience } from '../../protocol/audience.js';
import { requestedScope, splitWords } from '../../protocol/scope.js';
import type { FormParams } from './form-params.js';

/** Reads the parameter of this name. @throws OAuthError where the value is malformed */
export type ParameterReader<T> = (sent: FormParams, name: string) => T;

export type ParameterDeclaration = Readonly<Record<string, ParameterReader<unknown>>>;

export type Parsed<D extends ParameterDeclaration> = { readonly [Name in keyof D]: ReturnType<D[Name]> };

export function parseParameters<D extends ParameterDeclaration>(declaration: D, sent: FormParams): Parsed<D> {
  const parsed: Record<string, unknown> = {};
  for (const name in declaration) parsed[name] = declaration[name]?.(sent, name); // makes no array for each request
  return parsed as Parsed<D>;
}

/** A text; an empty value counts as absent (RFC 6749 §3.1). */
export const textParameter: ParameterReader<string | undefined> = (sent, name) => sent.first(name);

/** Space-separated words without duplicates. */
export const wordsParameter: ParameterReader<string[]> = (sent, name) => splitWords(sent.first(name));

/** The requested scope (RFC 6749 §3.3). @throws OAuthError invalid_scope: too many values */
export const scopeParameter: ParameterReader<string[]> = (sent, name) => requestedScope(sent.first(name));

/** Hydra's `audience`, which may be repeated. @throws OAuthError invalid_request: too many values */
export const audienceParameter: ParameterReader<string[]> = (sent, name) => requestedAudience(sent.all(name));

/** `resource`, which may be repeated (RFC 8707 §2), as sent; empty values count as absent. It is judged where it has a meaning. */
export const resourceParameter: ParameterReader<string[]> = (sent, name) => sent.all(name).filter(Boolean);
