/**
 * Writes dist/build.json, what `ostiary version` tells of a build: the commit and the time. The commit is that of the
 * checkout, else GIT_HASH (an archive has no .git), else left out; the time is SOURCE_DATE_EPOCH, so that two builds of one
 * commit are the same bytes, else the present.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [folder = join(ROOT, 'dist')] = process.argv.slice(2);

const epoch = process.env.SOURCE_DATE_EPOCH;
if (epoch && !/^\d{1,12}$/.test(epoch)) {
  console.error('SOURCE_DATE_EPOCH must be seconds since 1970.');
  process.exit(1);
}
const time = epoch ? new Date(Number(epoch) * 1000) : new Date();
const info = { hash: commit(), time: time.toISOString().replace(/\.\d+/, '') };
writeFileSync(join(folder, 'build.json'), `${JSON.stringify(info)}\n`);

/** Undefined where nobody knows it. A repository above ours, as around an unpacked archive, is not meant. */
function commit() {
  const git = (...words) => spawnSync('git', ['-C', ROOT, ...words], { encoding: 'utf8' });
  const top = git('rev-parse', '--show-prefix');
  const found = top.status === 0 && top.stdout.trim() === '' ? git('rev-parse', 'HEAD').stdout.trim() : '';
  return found || process.env.GIT_HASH || undefined;
}
