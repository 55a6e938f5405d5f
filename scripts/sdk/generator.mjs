/** The OpenAPI generator, which stays in a cache folder, and what it makes: one packaged SDK for each language. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readmeOf } from './readme.mjs';
import { require, run, Skipped, succeed } from './run.mjs';

const VERSION = '7.14.0';
const DOCUMENT = fileURLToPath(new URL('../../openapi/ostiary.json', import.meta.url));
const PACKAGE = new URL('../../package.json', import.meta.url);
/** What is downloaded for SDKs. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ostiary');
const JAR = join(CACHE, `openapi-generator-cli-${VERSION}.jar`);
/** Files for services that a generated folder has nothing to do with. */
const IGNORED = ['git_push.sh', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.github/**', 'README.md'];

/** @throws {Skipped} where Java is missing, or the generator cannot be fetched */
export function fetchGenerator(scratch) {
  require('java', scratch);
  if (existsSync(JAR)) return;
  require('mvn', scratch);
  const artifact = `-Dartifact=org.openapitools:openapi-generator-cli:${VERSION}`;
  const { ok, output } = run(['mvn', '-B', '-q', 'dependency:copy', artifact, `-DoutputDirectory=${CACHE}`], scratch);
  if (!ok || !existsSync(JAR)) throw new Skipped(`The generator cannot be fetched from Maven Central:\n${output}`);
}

/**
 * Makes the SDK of a language anew. The same document and version give the same files.
 * @param {typeof import('./languages.mjs').languages[number]} language
 * @param {string} folder which is emptied first
 */
export async function generate(language, folder) {
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8'));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.openapi-generator-ignore'), `${IGNORED.join('\n')}\n`);
  const settings = { ...language.settings, hideGenerationTimestamp: 'true', [language.versionSetting]: version };
  const properties = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const parts = 'apiTests=false,modelTests=false,apiDocs=false,modelDocs=false';
  const words = ['-g', language.generator, '--global-property', parts, '--additional-properties', properties.join()];
  const names = ['--git-user-id', 'ostiary', '--git-repo-id', language.repository ?? 'ostiary'];
  succeed(['java', '-jar', JAR, 'generate', '-i', DOCUMENT, '-o', folder, ...words, ...names], folder);
  const own = { 'README.md': readmeOf(language, version), ...language.files?.(version) };
  for (const [file, text] of Object.entries(own)) await writeFile(join(folder, file), text);
}
