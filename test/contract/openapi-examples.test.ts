/** Each operation of the OpenAPI document has examples, and they are valid by the document's own schemas. */
import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

interface Content {
  schema?: AnySchema;
  example?: unknown;
}

interface Parameter {
  name: string;
  required?: boolean;
  schema: AnySchema;
  example?: unknown;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content>; headers?: Record<string, Content> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, AnySchema> };
}

const text = readFileSync(new URL('../../openapi/ostiary.json', import.meta.url), 'utf8');
const document = JSON.parse(text) as Document;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'document', components: document.components });

/** Why the example is not valid; undefined where it is. */
function faultOf({ schema, example }: Content): string | undefined {
  const absolute = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
  const check = ajv.compile(JSON.parse(absolute) as AnySchema);
  return check(example) ? undefined : ajv.errorsText(check.errors);
}

const contentsOf = (content: Record<string, Content> = {}): Content[] => Object.values(content);

describe('examples of the OpenAPI document', () => {
  it.each(operations.map((operation) => [operation.operationId, operation] as const))('of %s', (_, operation) => {
    const { parameters = [], requestBody, responses } = operation;
    const needed = [...parameters.filter(({ required }) => required), ...contentsOf(requestBody?.content)];
    const [success = []] = Object.entries(responses)
      .filter(([status, { content }]) => /^2/.test(status) && content)
      .map(([, { content }]) => contentsOf(content));
    const without = [...needed, ...success].filter((one) => !('example' in one));
    expect(without).toEqual([]);

    const answers = Object.values(responses).flatMap(({ content, headers }) => [
      ...contentsOf(content),
      ...contentsOf(headers),
    ]);
    const given = [...parameters, ...contentsOf(requestBody?.content), ...answers].filter((one) => 'example' in one);
    expect(given.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('has one refusal for each form that a refusal has, but for a fault of the server and for an ended request', () => {
    const forms = operations.flatMap(({ responses }) =>
      Object.entries(responses)
        .filter(([status]) => /^[45]/.test(status) && status !== '410' && status !== '500')
        .flatMap(([, { content }]) => contentsOf(content)),
    );
    const named = (contents: Content[]) => new Set(contents.map(({ schema }) => JSON.stringify(schema)));
    expect(named(forms.filter((one) => 'example' in one))).toEqual(named(forms));
  });
});
