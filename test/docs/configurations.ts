/** What completes the examples of configurations in the documentation. */
import { variableOf } from '../../src/config/environment-layer.js';
import { keysBelow, schemaTree } from '../../src/config/schema-node.js';

/** Completes an example that is only a part of a configuration. */
export const REST = {
  DSN: 'postgres://ostiary@db.example/ostiary',
  SECRETS_SYSTEM: 'a-system-secret-of-a-test',
  URLS_SELF_ISSUER: 'https://id.example.com',
};

/** The path of the key that each variable sets. */
export const VARIABLES = new Map([...keysBelow(schemaTree())].map(({ path }) => [variableOf(path), path]));
