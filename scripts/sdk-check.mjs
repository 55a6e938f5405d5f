/**
 * `npm run sdk:check`: the SDKs of `npm run sdk` for TypeScript and Python, and with `--all` those for Go, Java and C#, are made
 * twice, which must give the same files, and built. Then the example of each README creates a client in a running server, and
 * reads it back. `--admin <url>` names the server; otherwise a built one is started. Missing tools are reported and skipped.
 * Exit 1 where an SDK does not compile or does not work.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from './built-server.mjs';
import { CACHE, fetchGenerator, generate } from './sdk/generator.mjs';
import { languages } from './sdk/languages.mjs';
import { exampleIn } from './sdk/readme.mjs';
import { require, run, Skipped, succeed } from './sdk/run.mjs';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

const { values: options } = parseArgs({ options: { all: { type: 'boolean' }, admin: { type: 'string' } } });
const scratch = await mkdtemp(join(tmpdir(), 'ostiary-sdk-'));
try {
  await main();
} catch (error) {
  if (!(error instanceof Skipped)) throw error;
  console.log(`SDKs: skipped. ${error.message}`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function main() {
  fetchGenerator(scratch);
  const server = options.admin ? { admin: options.admin, stop: () => {} } : await startServer(join(scratch, 'data'));
  try {
    for (const language of languages.filter(({ onlyWithAll }) => options.all || !onlyWithAll)) {
      await report(language, server.admin);
    }
  } finally {
    await server.stop();
  }
}

async function report(language, admin) {
  try {
    await check(language, admin);
    console.log(`${language.name}: passed`);
  } catch (error) {
    if (!(error instanceof Skipped)) process.exitCode = 1;
    console.log(`${language.name}: ${error instanceof Skipped ? 'skipped' : 'FAILED'}. ${error.message}`);
  }
}

async function check(language, admin) {
  const folder = join(scratch, language.folder);
  await generate(language, folder);
  const made = await digestOf(folder);
  await generate(language, folder);
  if ((await digestOf(folder)) !== made) throw new Error('Two runs of the generator gave different files.');
  for (const tool of language.needs) require(tool, scratch);
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const example = { [language.exampleFile]: exampleIn(readme, language.fence), ...language.exampleFiles };
  for (const [file, text] of Object.entries(example)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  if (language.linked) await link(folder, language.linked);
  const fill = {
    '{admin}': admin,
    '{tsc}': join(MODULES, 'typescript/bin/tsc'),
    '{types}': join(MODULES, '@types'),
    '{python}': language.folder === 'python' ? python(folder) : '',
  };
  for (const command of language.commands) {
    succeed(
      command.map((word) => fill[word] ?? word),
      folder,
    );
  }
}

/** The package by its name, as if it were installed beside the example. */
async function link(folder, name) {
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(folder, join(folder, 'node_modules', name));
}

async function digestOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}\n`).update(await readFile(file));
  return hash.digest('hex');
}

/** The interpreter of the PATH where it has the packages of the SDK; otherwise a cached one that has them. */
function python(folder) {
  const modules = 'import dateutil, pydantic, typing_extensions, urllib3; assert pydantic.VERSION >= "2"';
  if (run(['python3', '-c', modules], folder).ok) return 'python3';
  const own = join(CACHE, 'python');
  const interpreter = join(own, 'bin/python');
  if (run([interpreter, '-c', modules], folder).ok) return interpreter;
  const made = run(['python3', '-m', 'venv', own], folder);
  const filled = made.ok && run([interpreter, '-m', 'pip', 'install', '-q', '-r', 'requirements.txt'], folder).ok;
  if (!filled) throw new Skipped('The Python packages of the SDK cannot be installed.');
  return interpreter;
}
