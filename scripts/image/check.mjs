/**
 * `npm run image:check`: what can be said of the image without a container engine. It lints the Dockerfile, lays out the image
 * in a temporary folder by the step that the Dockerfile runs, with the program at its place and the Node.js of the image, and
 * tests the result (test/image): the contents, and, as root on Linux, the commands of Ory's chart on a read-only file system.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerfileFaults } from './dockerfile.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE = `node-linux-${process.arch}`;
const VERSION = '24.21.0';
const LONGEST_MS = 4 * 60_000;
/** What the step needs of the build; node_modules is mounted. */
const BUILT = ['package.json', 'package-lock.json', 'LICENSE', 'dist', 'examples', 'scripts/image'];

const faults = dockerfileFaults(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
if (faults.length > 0) {
  console.error(`Dockerfile:\n${faults.join('\n')}`);
  process.exit(1);
}
if (process.platform !== 'linux' || process.getuid() !== 0 || run('unshare', ['--mount', 'true']).status !== 0) {
  console.log('The Dockerfile has no fault. The image is not laid out here: that needs root on Linux, and mounts.');
  process.exit(0);
}
const node = nodeFolder();
const scratch = await mkdtemp(join(tmpdir(), 'ostiary-image-'));
try {
  await chmod(scratch, 0o755);
  await layOut();
  const env = { ...process.env, IMAGE_FOLDER: join(scratch, 'out/image') };
  const tests = [join(ROOT, 'scripts/test.mjs'), 'test/image'];
  process.exitCode = run(process.execPath, tests, { env, stdio: 'inherit' }).status ?? 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', timeout: LONGEST_MS * 2, ...options });
}

/** The binary comes as a package, which is kept in a cached folder. */
function nodeFolder() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, `ostiary-image-${NODE}-${VERSION}`);
  const unpacked = join(folder, 'node_modules', NODE);
  if (!existsSync(join(unpacked, 'bin/node'))) {
    const words = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    const { status, stderr } = run('npm', [...words, `${NODE}@${VERSION}`], { timeout: LONGEST_MS });
    if (status !== 0) throw new Error(`Node.js ${VERSION} could not be installed: ${stderr}`);
  }
  return unpacked;
}

/** The build stage: a root folder made of this machine's folders, and beside them /ostiary, the Node.js, and /out. */
async function layOut() {
  for (const name of ['root', 'ostiary', 'node/bin', 'out']) await mkdir(join(scratch, name), { recursive: true });
  for (const name of BUILT) await cp(join(ROOT, name), join(scratch, 'ostiary', name), { recursive: true });
  await mkdir(join(scratch, 'ostiary/node_modules'));
  for (const name of ['bin/node', 'LICENSE']) await cp(join(node, name), join(scratch, 'node', name));
  const script = `
    set -e
    mount --make-rprivate /
    cd "$SCRATCH"
    mount -t tmpfs tmpfs root
    for each in bin lib lib64 usr etc proc dev tmp root; do
      [ -e "/$each" ] || continue
      mkdir "root/$each" && mount --rbind "/$each" "root/$each"
    done
    for each in ostiary node out; do mkdir "root/$each" && mount --bind "$each" "root/$each"; done
    mount --bind "$MODULES" root/ostiary/node_modules
    chmod 755 root
    exec chroot root sh -c 'cd /ostiary && exec node scripts/image/assemble.mjs /out/image'`;
  const env = { ...process.env, SCRATCH: scratch, MODULES: join(ROOT, 'node_modules') };
  env.PATH = `/node/bin:${process.env.PATH}`;
  const { status } = run('unshare', ['--mount', 'sh', '-c', script], { env, stdio: 'inherit' });
  if (status !== 0) throw new Error('The image could not be laid out.');
}
