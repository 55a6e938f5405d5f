import { readFileSync } from 'node:fs';

let known: string | undefined;

/** The version of this program with a leading `v`, from the nearest package.json. */
export function version(): string {
  known ??= `v${find(new URL('.', import.meta.url))}`;
  return known;
}

/** Sources and build have different depths below it. */
function find(folder: URL): string {
  try {
    const parsed = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
      name?: string;
      version?: string;
    };
    if (parsed.name === 'ostiary' && parsed.version) return parsed.version;
  } catch {
    // not in this folder
  }
  const parent = new URL('..', folder);
  return parent.href === folder.href ? '0.0.0' : find(parent);
}
