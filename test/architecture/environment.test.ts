import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './dependency-cruiser.js';

/** config/ reads the environment. main and cli pass it on. */
const MAY_NAME_IT = /^src\/(config|cli)\/|^src\/main\.ts$/;
const ENVIRONMENT =
  /\bprocess\s*(\.\s*env\b|\[\s*['"`]env['"`]\s*\])|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/;

async function filesNamingTheEnvironment(): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const paths = files.map((file) => relative(root, join(file.parentPath, file.name)));
  const named = await Promise.all(
    paths.map(async (path) => ENVIRONMENT.test(await readFile(join(root, path), 'utf8')) && path),
  );
  return named.filter((path) => path !== false);
}

describe('the environment of the process', () => {
  it('is read in config/ only', async () => {
    expect((await filesNamingTheEnvironment()).filter((path) => !MAY_NAME_IT.test(path))).toEqual([]);
  });

  it.each(['process.env.DSN', "process['env']", 'const { env } = process;', "import { env } from 'node:process';"])(
    'is found in %s',
    (text) => {
      expect(ENVIRONMENT.test(text)).toBe(true);
    },
  );
});
