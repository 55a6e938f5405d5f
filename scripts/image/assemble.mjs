/**
 * Lays out what the image adds to its base: `node scripts/image/assemble.mjs FOLDER`, after `npm ci` and `npm run build`. It has
 * Node.js (the one that runs this), the program with its packages (without npm and the embedded database), `ostiary` and
 * `hydra` on the PATH, what is in it and under which terms (sbom.cdx.json, LICENSES.txt), and compiled code for a quick start
 * on a read-only file system. The Dockerfile runs it, and so does `npm run image:check`.
 */
import { chmod, copyFile, cp, lchown, lstat, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { billOfMaterials, packagesIn } from './bill-of-materials.mjs';
import { compiledCode } from './compiled-code.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [target] = process.argv.slice(2);
if (!target) throw new Error('Usage: node scripts/image/assemble.mjs FOLDER');
const HOME = join(target, 'ostiary');
const COMMANDS = join(target, 'usr/local/bin');
/** docker-compose.yml starts it. */
const EXAMPLES = ['examples/login-consent', 'examples/pages'];
/** Files of a package that say under which terms it may be used. */
const TERMS = /^(licen[cs]e|copying|notice)/i;

await compiledCode(join(ROOT, 'dist/src'));
for (const name of ['package.json', 'LICENSE', 'dist', ...EXAMPLES]) {
  await cp(join(ROOT, name), join(HOME, name), { recursive: true, verbatimSymlinks: true });
}
await copyFile(join(ROOT, 'scripts/image/health.mjs'), join(HOME, 'health.mjs'));
await mkdir(COMMANDS, { recursive: true });
await copyFile(process.execPath, join(COMMANDS, 'node'));
for (const name of ['ostiary', 'hydra']) await command(name);
const packages = await packagesIn(ROOT);
const bill = await billOfMaterials(ROOT, packages);
await writeFile(join(HOME, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 1)}\n`);
for (const [folder] of packages) await packageTo(folder);
const folders = new Map(packages.map(([folder, name]) => [name, join(ROOT, folder)]));
await writeFile(join(HOME, 'LICENSES.txt'), (await Promise.all(bill.components.map(termsOf))).join('\n'));
await readableByAll(target);

/** Without the packages below it. */
async function packageTo(folder) {
  const from = join(ROOT, folder);
  const filter = (file) => !relative(from, file).split('/').includes('node_modules');
  await cp(from, join(HOME, folder), { recursive: true, filter });
}

async function termsOf({ name, version, type, licenses }) {
  const folder = type === 'platform' ? dirname(dirname(process.execPath)) : folders.get(`${name}@${version}`);
  const files = (await readdir(folder)).filter((file) => TERMS.test(file) && !file.endsWith('.js'));
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  const declared = (licenses ?? []).map(({ license, expression }) => expression ?? license.id ?? license.name);
  return [`${'='.repeat(80)}\n${name} ${version} (${declared.join(', ') || 'not declared'})\n`, ...texts].join('\n');
}

/** A program in its own right, so that Node.js is the process of the container and gets its signals. */
async function command(name) {
  const file = join(COMMANDS, name);
  await writeFile(file, "#!/usr/local/bin/node\nrequire('/ostiary/dist/src/main.js');\n");
  await chmod(file, 0o755);
}

/** Whatever user a container is given; and nobody but the owner, root, may write. */
async function readableByAll(path) {
  const stat = await lstat(path);
  if (process.getuid() === 0) await lchown(path, 0, 0);
  if (stat.isSymbolicLink()) return;
  await chmod(path, stat.isDirectory() || dirname(path) === COMMANDS ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of await readdir(path)) await readableByAll(join(path, name));
}
