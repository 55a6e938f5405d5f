/** The bundle checks a configuration by code that was generated when it was built: it must find what ajv finds at run time. */
import { createRequire } from 'node:module';
import addedFormats from 'ajv-formats/dist/formats.js';
import type { ErrorObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { checkCode } from '../../../scripts/bundle/configuration-check.mjs';
import { isNetwork } from '../../../src/config/is-network.js';
import { schemaErrors } from '../../../src/config/schema-check.js';
import * as checker from '../../../src/config/schema-checker.js';
import * as schema from '../../../src/config/schema-node.js';
import type { ConfigurationTree } from '../../../src/config/configuration-tree.js';
import { violations } from '../../support/configuration-violations.js';

type Check = ((values: ConfigurationTree) => boolean) & { errors?: ErrorObject[] | null };

/** What messages are made of (src/config/validate.ts). */
function told(errors: readonly ErrorObject[]): unknown[] {
  return errors
    .map(({ instancePath, keyword, params, parentSchema = {} }) => {
      const { 'x-expects': expects, minimum, maximum } = parentSchema as schema.JsonSchema;
      return { instancePath, keyword, params, expects, minimum, maximum };
    })
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

function generated(): Check {
  const module: { exports?: Check } = {};
  const formats = { ...addedFormats.fullFormats, cidr: isNetwork };
  const code = checkCode({ ...checker, ...schema });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the generated code itself is what is tested
  const evaluate = new Function('module', 'require', 'formats', code) as (...given: unknown[]) => void;
  evaluate(module, createRequire(import.meta.url), formats);
  if (!module.exports) throw new Error('nothing was generated');
  return module.exports;
}

function treeOf(path: schema.Path, value: unknown): ConfigurationTree {
  return path.reduceRight<unknown>(
    (below, step) => (typeof step === 'number' ? [below] : { [step]: below }),
    value,
  ) as ConfigurationTree;
}

describe('the generated check of the configuration', () => {
  const check = generated();

  it('finds what ajv finds, for every keyword of every key', () => {
    const all = violations().map(({ path, value }) => treeOf(path, value));
    expect(all.length).toBeGreaterThan(300);
    for (const values of all) {
      const isFine = check(values);
      expect(told(isFine ? [] : (check.errors ?? []))).toEqual(told(schemaErrors(values)));
    }
  });

  it('finds all faults of a file at once, and none in a file without', () => {
    const values = {
      serve: { public: { port: 'x' }, admin: { cors: { enabled: 3 } } },
      ttl: { access_token: 1 },
      nothing: 1,
    };
    expect(check(values)).toBe(false);
    expect(told(check.errors ?? [])).toEqual(told(schemaErrors(values)));
    expect(check({ dsn: 'memory', serve: { public: { port: 4444 } } })).toBe(true);
  });
});
