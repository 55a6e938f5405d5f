/** Applies a JSON Patch (RFC 6902) to the document of a client, after checking that every operation is allowed. */
import { applyPatch, type Operation, Pointer } from 'rfc6902';
import { isJsonObject, type JsonObject } from '../../protocol/json.js';
import { badRequest } from '../../protocol/admin-error.js';
import { type OAuthError } from '../../protocol/oauth-error.js';

interface Change {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

/** No patch may change these: the id is the client's identity, and old secrets have an endpoint of their own. */
const DENIED = new Set(['id', 'client_id', 'rotated_secrets', 'rotatedsecrets']);
/** As deep as JSON in a body may be nested: a deeper document would exhaust the stack when it is serialized. */
const MAX_STEPS = 100;
/** Members that lead out of the document, into JavaScript's own objects. */
const INTERNAL = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The document after all operations. The secret is not in it; adding `/client_secret` sets a new one.
 * @throws OAuthError 400 that names the operation which cannot be applied
 */
export function applyClientPatch(document: JsonObject, operations: unknown): JsonObject {
  if (!Array.isArray(operations)) throw badRequest('The body must be a JSON Patch: an array of operations.');
  const patched = structuredClone(document);
  for (const [index, operation] of operations.entries()) apply(patched, changeOf(operation, index), index);
  return patched;
}

function apply(document: JsonObject, change: Change, index: number): void {
  const { tokens } = Pointer.fromJSON(change.path);
  if (change.op !== 'remove') makeParents(document, tokens);
  const target = locate(document, tokens);
  if (!target) throw refusal(index, `There is no place '${change.path}' in the client.`);
  const exists = Object.hasOwn(target.parent, target.key);
  const isElement = Array.isArray(target.parent);
  if (isElement && !isPosition(target.key, change.op))
    throw refusal(index, `'${change.path}' is no position of a list.`);
  // Clients of Hydra replace members that were never set. For elements of lists replace stays strict.
  const op = change.op === 'replace' && !exists && !isElement ? 'add' : change.op;
  const [fault] = applyPatch(document, [{ ...change, op } as Operation]);
  if (fault) throw refusal(index, `There is nothing at '${change.path}' to ${change.op}.`);
}

/** Accepts the operations that Hydra accepts: move, copy and test are refused. */
function changeOf(operation: unknown, index: number): Change {
  if (!isJsonObject(operation)) throw refusal(index, 'It must be a JSON object with op and path.');
  const { op, path } = operation;
  if (op !== 'add' && op !== 'remove' && op !== 'replace') {
    throw refusal(index, "Its op must be 'add', 'remove' or 'replace'.");
  }
  if (typeof path !== 'string' || !path.startsWith('/')) throw refusal(index, "Its path must begin with '/'.");
  if (op !== 'remove' && operation.value === undefined) throw refusal(index, 'It lacks a value.');
  refusePath(path, index);
  return { op, path, value: operation.value };
}

function refusePath(path: string, index: number): void {
  const [, field = '', ...deeper] = Pointer.fromJSON(path).tokens;
  if (deeper.length >= MAX_STEPS) throw refusal(index, `Its path leads deeper than ${MAX_STEPS} levels.`);
  if (DENIED.has(field.toLowerCase())) throw refusal(index, `'/${field}' cannot be changed by a patch.`);
  if ([field, ...deeper].some((token) => INTERNAL.has(token)))
    throw refusal(index, `Its path '${path}' is not allowed.`);
}

/** Finds the place of a change. It follows own members only, so that no path leads into JavaScript's own objects. */
function locate(document: JsonObject, tokens: string[]): { parent: object; key: string } | undefined {
  let parent: unknown = document;
  for (const token of tokens.slice(1, -1)) parent = ownMember(parent, token);
  return isContainer(parent) ? { parent, key: tokens.at(-1) ?? '' } : undefined;
}

/** Creates the missing parents of a change: objects, or a list where the next step appends to one. */
function makeParents(document: JsonObject, tokens: string[]): void {
  let parent: unknown = document;
  for (let depth = 1; depth < tokens.length - 1; depth++) {
    const token = tokens[depth] ?? '';
    const member = ownMember(parent, token);
    if (isJsonObject(parent) && (member === undefined || member === null)) {
      parent[token] = tokens[depth + 1] === '-' ? [] : {};
    }
    parent = ownMember(parent, token);
  }
}

function ownMember(container: unknown, name: string): unknown {
  return isContainer(container) && Object.hasOwn(container, name) ? Reflect.get(container, name) : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** RFC 6901 §4. */
function isPosition(key: string, op: Change['op']): boolean {
  return /^(0|[1-9]\d*)$/.test(key) || (key === '-' && op === 'add');
}

function refusal(index: number, reason: string): OAuthError {
  return badRequest(`Operation ${index + 1} of the patch: ${reason}`);
}
