/**
 * `npm run sdk:check`: SDKs generated from openapi/ostiary.json, for TypeScript and Python, and with `--all` for Go and
 * Java, each create a client in a running server and read it back. `--admin <url>` names the server; otherwise a built
 * one is started. It needs java, and mvn for the first download of the generator, which stays in a cache folder.
 * Missing tools are reported and skipped. Exit 1 where an SDK does not compile or does not work.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { languages } from './sdk-check/languages.mjs';
import { startServer } from './built-server.mjs';

const VERSION = '7.14.0';
const DOCUMENT = fileURLToPath(new URL('../openapi/ostiary.json', import.meta.url));
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ostiary');
const JAR = join(CACHE, `openapi-generator-cli-${VERSION}.jar`);
const MINUTES = 5;

class Skipped extends Error {}

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
  fetchGenerator();
  const server = options.admin ? { admin: options.admin, stop: () => {} } : await startServer(join(scratch, 'data'));
  try {
    for (const language of languages.filter(({ onlyWithAll }) => options.all || !onlyWithAll)) {
      await report(language, server.admin);
    }
  } finally {
    await server.stop();
  }
}

function fetchGenerator() {
  require('java');
  if (existsSync(JAR)) return;
  require('mvn');
  const artifact = `-Dartifact=org.openapitools:openapi-generator-cli:${VERSION}`;
  const { ok, output } = run(['mvn', '-B', '-q', 'dependency:copy', artifact, `-DoutputDirectory=${CACHE}`], scratch);
  if (!ok || !existsSync(JAR)) throw new Skipped(`The generator cannot be fetched from Maven Central:\n${output}`);
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

async function check({ name, needs, generator, into, files, commands }, admin) {
  needs.forEach(require);
  const folder = join(scratch, name);
  const parts = 'apiTests=false,modelTests=false,apiDocs=false,modelDocs=false';
  const generate = ['generate', '-i', DOCUMENT, '-o', join(folder, into), '--global-property', parts, ...generator];
  await mkdir(folder);
  succeed(['java', '-jar', JAR, ...generate], folder);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const fill = {
    '{admin}': admin,
    '{tsc}': join(MODULES, 'typescript/bin/tsc'),
    '{types}': join(MODULES, '@types'),
    '{python}': name === 'Python' ? python(folder) : '',
  };
  for (const command of commands)
    succeed(
      command.map((word) => fill[word] ?? word),
      folder,
    );
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

function require(program) {
  if (run([program, program === 'go' ? 'version' : '--version'], scratch).missing) {
    throw new Skipped(`${program} is not installed.`);
  }
}

function succeed(command, folder) {
  const { ok, output } = run(command, folder);
  if (!ok) throw new Error(`${command.slice(0, 3).join(' ')} …\n${output}`);
}

function run([program, ...words], cwd) {
  const timeout = MINUTES * 60_000;
  const { status, error, stdout, stderr } = spawnSync(program, words, { cwd, timeout, encoding: 'utf8' });
  const output = `${stdout ?? ''}${stderr ?? ''}${error ?? ''}`.slice(-4000);
  return { ok: status === 0, missing: error?.code === 'ENOENT', output };
}
