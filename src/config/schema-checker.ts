/** The settings of ajv for the schema of the configuration. The schema itself is checked by a test, in strict mode. */

import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { isNetwork } from './is-network.js';

export function createChecker(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({
    ...{ allErrors: true, verbose: true, strict: false, meta: false, validateSchema: false },
    ...options,
  });
  ajvFormats.default(ajv, ['uri', 'uri-reference']);
  ajv.addFormat('cidr', isNetwork);
  return ajv;
}
