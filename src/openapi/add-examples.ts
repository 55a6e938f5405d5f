import type { OpenAPIObject } from '@nestjs/swagger';
import { EXAMPLES } from './examples/examples.js';
import type { OperationExample } from './examples/operation-example.js';

interface Content {
  example?: unknown;
}

interface Operation {
  operationId?: string;
  parameters?: { name: string; example?: unknown }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content>; headers?: object } | undefined>;
}

/**
 * Adds the examples to the operations that they are of.
 * @throws where an operation has no example, or an example has no place in the document
 */
export function addExamples(document: OpenAPIObject): void {
  const left = new Map(Object.entries(EXAMPLES));
  const paths = Object.values(document.paths) as unknown as Record<string, Operation>[];
  for (const operation of paths.flatMap((path) => Object.values(path))) {
    const id = operation.operationId ?? '';
    const example = left.get(id);
    if (!example) throw new Error(`The operation ${id} has no example: add it in src/openapi/examples.`);
    left.delete(id);
    addTo(operation, example);
  }
  if (left.size > 0) throw new Error(`No operation is called ${[...left.keys()].join(', ')}.`);
}

function addTo(operation: Operation, { parameters = {}, request, answers, location }: OperationExample): void {
  const misplaced = (what: string): Error => new Error(`The example of ${operation.operationId ?? ''} has ${what}.`);
  for (const [name, value] of Object.entries(parameters)) {
    const parameter = operation.parameters?.find((one) => one.name === name);
    if (!parameter) throw misplaced(`an unknown parameter ${name}`);
    parameter.example = value;
  }
  if (request !== undefined) fill(operation.requestBody?.content, request, () => misplaced('a body'));
  for (const [status, body] of Object.entries(answers)) {
    const response = operation.responses[status];
    if (!response) throw misplaced(`the unknown status ${status}`);
    if (body === undefined) continue;
    // Responses of one kind share their content until here.
    response.content = structuredClone(response.content);
    fill(response.content, body, () => misplaced(`a body for ${status}`));
  }
  for (const status of Object.keys(answers).filter((one) => one.startsWith('3') && location !== undefined)) {
    const description = 'Where the browser goes on.';
    const headers = { Location: { description, schema: { type: 'string' }, example: location } };
    Object.assign(operation.responses[status] ?? {}, { headers });
  }
}

function fill(content: Record<string, Content> | undefined, example: unknown, misplaced: () => Error): void {
  const [first] = Object.values(content ?? {});
  if (!first) throw misplaced();
  first.example = example;
}
