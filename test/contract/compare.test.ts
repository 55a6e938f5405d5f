import { describe, expect, it } from 'vitest';
import { operationFaults, schemaFaults } from './compare.js';
import { factsOf } from './facts.mjs';

const thing = { type: 'object', required: ['id'], properties: { id: { type: 'string' }, size: { type: 'integer' } } };

function document(change: { required?: boolean; status?: string; size?: object } = {}): unknown {
  return {
    paths: {
      '/things': {
        get: {
          operationId: 'getThing',
          tags: ['things'],
          parameters: [{ name: 'owner', in: 'query', required: change.required ?? false, schema: { type: 'string' } }],
          responses: {
            [change.status ?? '200']: {
              content: { 'application/json': { schema: { $ref: '#/components/schemas/thing' } } },
            },
          },
        },
      },
    },
    components: {
      schemas: { thing: { ...thing, properties: { ...thing.properties, size: change.size ?? { type: 'integer' } } } },
    },
  };
}

const reference = factsOf(document());
const faults = (changed: unknown): string[] => {
  const ours = factsOf(changed);
  return [
    ...operationFaults(reference.operations.getThing!, ours.operations.getThing),
    ...schemaFaults('thing', reference, ours),
  ];
};

describe('the comparison of two documents', () => {
  it('finds no fault in the same document', () => {
    expect(faults(document())).toEqual([]);
  });

  it('finds a missing operation', () => {
    expect(faults({ paths: {}, components: { schemas: {} } })).toContain('there is no such operation');
  });

  it('finds a newly required parameter', () => {
    expect(faults(document({ required: true }))).toEqual(['query:owner: must not be required']);
  });

  it('finds a missing status', () => {
    expect(faults(document({ status: '201' }))).toEqual(['200: is missing']);
  });

  it('finds a changed property type', () => {
    expect(faults(document({ size: { type: 'string' } }))).toEqual(['property size: is string, not integer']);
  });

  it('finds a narrower type than any JSON', () => {
    const ofAny = factsOf(document({ size: {} }));
    for (const size of [{ type: 'object' }, { additionalProperties: true }]) {
      expect(schemaFaults('thing', ofAny, factsOf(document({ size })))).toEqual(['property size: is object, not any']);
    }
    expect(schemaFaults('thing', ofAny, ofAny)).toEqual([]);
  });
});
