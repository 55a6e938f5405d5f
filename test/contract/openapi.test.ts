/**
 * SDKs generated from the document of Ory Hydra work with Ostiary, whose document has every operation, parameter and
 * schema of theirs. The facts of Hydra's document are in reference-operations.json (see facts.mjs).
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { operationFaults, schemaFaults } from './compare.js';
import { type Facts, factsOf } from './facts.mjs';
import { NOT_YET } from './not-yet.js';

const read = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as unknown;

const reference = (await read('reference-operations.json')) as Facts;
const document = await read('../../openapi/ostiary.json');
const ours = factsOf(document);

describe('the OpenAPI document', () => {
  it.each(Object.keys(reference.operations).filter((id) => !(id in NOT_YET)))('has the operation %s', (id) => {
    expect(operationFaults(reference.operations[id]!, ours.operations[id])).toEqual([]);
  });

  it.each(Object.keys(reference.schemas).filter((name) => name !== 'genericError' && isUsed(name)))(
    'has the schema %s',
    (name) => {
      expect(schemaFaults(name, reference, ours)).toEqual([]);
    },
  );

  it('excuses no operation that exists, or that Hydra does not have', () => {
    expect(Object.keys(NOT_YET).filter((id) => id in ours.operations || !(id in reference.operations))).toEqual([]);
  });
});

/** Whether an operation that is not excused uses the schema. */
function isUsed(name: string): boolean {
  const operations = Object.entries(reference.operations).filter(([id]) => !(id in NOT_YET));
  const types = operations.flatMap(([, { body, responses }]) => [
    ...Object.values(body ?? {}),
    ...Object.values(responses).flatMap((content) => Object.values(content)),
  ]);
  return reachable(types).has(name);
}

function reachable(types: string[], seen = new Set<string>()): Set<string> {
  for (const [, name = ''] of types.flatMap((type) => [...type.matchAll(/#(\w+)/g)])) {
    if (seen.has(name)) continue;
    seen.add(name);
    reachable(Object.values(reference.schemas[name]?.properties ?? {}), seen);
  }
  return seen;
}
