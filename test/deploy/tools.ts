/** Helm and promtool, where they are: on the PATH, or in the folder that scripts/deploy-check.mjs builds them into. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolFolder } from './built-tools.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CHART = join(ROOT, 'deploy/helm/ostiary');

/** The path of a program; undefined, and a line that says so, where it is not installed. */
export function tool(name: string): string | undefined {
  const folders = [toolFolder(), ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found === undefined) {
    process.stdout.write(`No ${name} here: its tests are skipped. npm run deploy:check builds it with Go.\n`);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Outcome {
  /** stdout of a run that succeeded, stderr of one that failed */
  text: string;
  failed: boolean;
}

export function run(program: string, args: readonly string[], cwd = ROOT): Outcome {
  try {
    const text = execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 << 20 });
    return { text, failed: false };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return { text: `${stderr ?? String(error)}${stdout ?? ''}`, failed: true };
  }
}
