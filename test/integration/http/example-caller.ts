/** Sends the requests of the OpenAPI document's examples to a server, and compares its answers with those of the examples. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { EXAMPLES } from '../../../src/openapi/examples/examples.js';
import type { OperationExample } from '../../../src/openapi/examples/operation-example.js';
import { type Answer, send } from '../../support/send.js';
import type { TestServer } from '../../support/server.js';

interface Place {
  method: string;
  path: string;
  isForm: boolean;
  inPath: string[];
  /** Of its answers in the document. */
  statuses: string[];
}

const ADMIN = /^\/(admin|health|version)/;

export class ExampleCaller {
  private readonly places = placesOf(new URL('../../../openapi/ostiary.json', import.meta.url));
  private readonly left = new Set(this.places.keys());

  constructor(private readonly server: TestServer) {}

  /** The operations that nothing was compared for. */
  get unsent(): string[] {
    return [...this.left];
  }

  /**
   * Sends the example's request, and compares the answer.
   * @param parameters what differs from the example: names that only a run knows
   * @param request the same for members of the body; a list replaces it
   */
  async call(
    id: string,
    parameters: Record<string, string> = {},
    request?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.send(id, parameters, request, headers);
    if (!Array.isArray(request)) this.compare(id, answer);
    return answer;
  }

  /** Sends the example's request. */
  async send(
    id: string,
    parameters: Record<string, string> = {},
    request?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const place = this.places.get(id);
    const example = EXAMPLES[id];
    if (!place || !example) throw new Error(`There is no example of ${id}.`);
    const query = new URLSearchParams();
    let path = place.path;
    for (const [name, value] of Object.entries({ ...example.parameters, ...parameters })) {
      if (place.inPath.includes(name)) path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
      else query.set(name, String(value));
    }
    const base = ADMIN.test(path) ? this.server.admin : this.server.public;
    const body = bodyOf(place, example.request, request);
    return send(place.method, `${base}${path}${query.size > 0 ? `?${query.toString()}` : ''}`, { headers, body });
  }

  /**
   * The answer has this status, and the example's members and no other, with values of the same types. A refusal of the
   * example has the same words; one that has no example has the form of the others.
   */
  compare(id: string, answer: Answer, status = successOf(id)): void {
    this.left.delete(id);
    const example = EXAMPLES[id];
    expect([id, answer.status], answer.text).toEqual([id, status]);
    expect(this.places.get(id)?.statuses).toContain(String(status));
    if (status < 400) this.succeeded(id, answer, example);
    else {
      const said = example?.answers[status] ?? { error: 'one', error_description: 'two' };
      expect(shapeOf(answer.json), id).toEqual(shapeOf(said));
      if (example && status in example.answers) expect(wordsOf(answer.json), id).toEqual(wordsOf(said));
    }
  }

  private succeeded(id: string, { status, headers, text, json }: Answer, example?: OperationExample): void {
    const expected = example?.answers[status];
    if (expected === undefined) expect([id, text]).toEqual([id, '']);
    else expect(shapeOf(json), id).toEqual(shapeOf(expected));
    if (example?.location !== undefined) {
      expect(namesOf(headers.get('location') ?? ''), id).toEqual(namesOf(example.location));
    }
  }
}

/** What a refusal says. */
const wordsOf = (body: unknown): unknown[] => {
  const { error, error_description } = body as Record<string, unknown>;
  return [error, error_description];
};

function successOf(id: string): number {
  return Math.min(...Object.keys(EXAMPLES[id]?.answers ?? {}).map(Number));
}

function bodyOf({ isForm }: Place, example: unknown, over?: object): string | URLSearchParams | undefined {
  if (example === undefined) return undefined;
  const whole = Array.isArray(over) ? over : Array.isArray(example) ? example : { ...(example as object), ...over };
  if (!isForm) return JSON.stringify(whole);
  const fields = Object.entries(whole as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return new URLSearchParams(fields as [string, string][]);
}

/** The names of the parameters of an address. */
const namesOf = (address: string): string[] => [...new URL(address).searchParams.keys()];

/** A value with types in place of strings and numbers. Of a list that is not empty, the shape of the first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: object };
  responses: object;
}

function placesOf(file: URL): Map<string, Place> {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const places = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Place] => {
      const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
      const isForm = !('application/json' in (operation.requestBody?.content ?? {}));
      const statuses = Object.keys(operation.responses);
      return [operation.operationId, { method: method.toUpperCase(), path, isForm, inPath, statuses }];
    }),
  );
  return new Map(places);
}
