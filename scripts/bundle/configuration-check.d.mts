/** Code that sets `module.exports` to the check; `require` and `formats` are given to it. */
export function checkCode(
  config: Pick<typeof import('../../src/config/schema-checker.js'), 'createChecker'> &
    Pick<typeof import('../../src/config/schema-node.js'), 'resolved' | 'schemaDocument'>,
): string;
