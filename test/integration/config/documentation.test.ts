import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('docs/configuration.md describes every key as in the schema', async () => {
  const check = promisify(execFile)(process.execPath, ['scripts/config-docs.mjs'], { cwd: root });
  await expect(check).resolves.toMatchObject({ stderr: '' });
});
