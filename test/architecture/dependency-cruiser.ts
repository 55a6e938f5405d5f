import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const configuration = join(root, '.dependency-cruiser.cjs');
const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

interface Report {
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

/** Returns `rule: file → file` for every import below `folder` that breaks a rule of the project. */
export async function violations(folder: string, paths: string[]): Promise<string[]> {
  const report = await run(folder, ['--config', configuration, '--output-type', 'json', ...paths]);
  return (JSON.parse(report) as Report).summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

/** The exit code of dependency-cruiser is the number of violations if it prints a report. */
function run(cwd: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(stdout);
      else reject(new Error(`dependency-cruiser: ${stderr || (error?.message ?? 'no report')}`));
    });
  });
}
