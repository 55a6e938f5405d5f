/**
 * Writes dist/build.json for `ostiary version`: the commit and the time of the build. The commit is that of the
 * checkout, otherwise GIT_HASH (an archive has no .git), otherwise left out. The time is SOURCE_DATE_EPOCH, so that two builds
 * of one commit have the same bytes, otherwise the present.
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

/** Undefined where the commit is unknown. A repository above this project, as around an unpacked archive, does not count. */
function commit() {
  const git = (...words) => spawnSync('git', ['-C', ROOT, ...words], { encoding: 'utf8' });
  const top = git('rev-parse', '--show-prefix');
  const found = top.status === 0 && top.stdout.trim() === '' ? git('rev-parse', 'HEAD').stdout.trim() : '';
  return found || process.env.GIT_HASH || undefined;
}
