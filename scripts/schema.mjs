/**
 * `npm run schema` writes migrations/schema.sql, the result of all migrations; without `--write` it compares the committed
 * file. The migrations run up, down and up again on an empty database (embedded PostgreSQL).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILE = 'migrations/schema.sql';
const path = `${ROOT}${FILE}`;

const { module } = await runnerImport('./test/support/check-schema.ts', {
  root: ROOT,
  configFile: false,
  logLevel: 'silent',
});
try {
  await compare(await module.default());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function compare(schema) {
  if (process.argv.includes('--write')) {
    await writeFile(path, schema);
    return console.log(`${FILE} is written.`);
  }
  const committed = await readFile(path, 'utf8').catch(() => '');
  if (committed === schema) return console.log(`${FILE} is what the migrations make.`);
  const [before, after] = [committed.split('\n'), schema.split('\n')];
  const show = (mark, lines, others) => lines.filter((line) => !others.includes(line)).map((line) => `${mark} ${line}`);
  const lines = [...show('-', before, after), ...show('+', after, before)];
  throw new Error(
    [`${FILE} is not what the migrations make. If the change is meant: npm run schema`, ...lines].join('\n'),
  );
}
