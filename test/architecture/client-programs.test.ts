import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './dependency-cruiser.js';

interface Program {
  name: string;
  registrations: Record<string, object>;
  /** A file with settings of its own server. */
  configuration?: string;
}

const FOLDER = join(root, 'test/clients');
/** A file that names the dependencies, and the file that pins all of them. */
const LOCKS = { 'package.json': 'package-lock.json', 'go.mod': 'go.sum', 'requirements.in': 'requirements.txt' };

const folders = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory());
const programs = await Promise.all(
  folders.map(async ({ name }): Promise<Program> => {
    const manifest = JSON.parse(await readFile(join(FOLDER, name, 'client.json'), 'utf8')) as Program;
    return { ...manifest, name };
  }),
);
const page = await readFile(join(root, 'docs/clients.md'), 'utf8');

const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

/** Whether each value of the part stands at the same place of the whole. */
function holds(whole: unknown, part: unknown): boolean {
  const isBranch = typeof part === 'object' && part !== null && !Array.isArray(part);
  if (!isBranch) return isDeepStrictEqual(whole, part);
  return Object.entries(part).every(([name, value]) =>
    holds((whole as Record<string, unknown> | undefined)?.[name], value),
  );
}

describe('docs/clients.md', () => {
  const shown = blocks('json').map((text) => JSON.parse(text) as object);

  it.each(programs)('shows each registration of $name as its program uses it', ({ registrations }) => {
    for (const registration of Object.values(registrations)) expect(shown).toContainEqual(registration);
  });

  it('shows no registration that no program uses', () => {
    const used = programs.flatMap(({ registrations }) => Object.values(registrations));
    expect(shown.length).toBeGreaterThan(0);
    for (const registration of shown) expect(used).toContainEqual(registration);
  });

  it('shows settings that servers of the programs have', async () => {
    const own = programs.flatMap(({ name, configuration }) => (configuration ? [join(name, configuration)] : []));
    const files = ['ostiary.yml', ...own].map((file) => readFile(join(FOLDER, file), 'utf8'));
    const settings = (await Promise.all(files)).map((text) => parse(text) as object);
    const parts = blocks('yaml').map((text) => parse(text) as object);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts)
      expect(
        settings.some((all) => holds(all, part)),
        JSON.stringify(part),
      ).toBe(true);
  });
});

describe('a client program', () => {
  it.each(programs)('$name has no registration with an id or a secret in it', ({ registrations }) => {
    for (const one of Object.values(registrations)) {
      expect(Object.keys(one).filter((member) => ['client_id', 'client_secret'].includes(member))).toEqual([]);
    }
  });

  it.each(programs)('$name pins what it depends on', ({ name }) => {
    const at = (file: string): boolean => existsSync(join(FOLDER, name, file));
    for (const [manifest, lock] of Object.entries(LOCKS)) if (at(manifest)) expect(at(lock), lock).toBe(true);
  });
});
