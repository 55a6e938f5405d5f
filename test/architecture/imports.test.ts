import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, violations } from './dependency-cruiser.js';

describe('imports', () => {
  it('follow the module order of the project', async () => {
    expect(await violations(root, ['src', 'migrations'])).toEqual([]);
  });
});

/** Title, rule, importing file, imported file. */
const FORBIDDEN = [
  ['consent never imports oauth2', 'consent-imports', 'src/consent/interaction/a.ts', 'src/oauth2/issuance/grants.ts'],
  ['keys do not import clients', 'keys-imports', 'src/keys/a.ts', 'src/clients/client.ts'],
  ['protocol imports nothing else of the project', 'protocol-imports', 'src/protocol/a.ts', 'src/crypto/random.ts'],
  ['infrastructure does not import http', 'database-imports', 'src/database/a.ts', 'src/http/replies/page.ts'],
  ['a flow never imports sessions', 'consent-flow-imports', 'src/consent/flow/a.ts', 'src/consent/sessions/b.ts'],
  [
    'consents never import sessions',
    'consent-consents-imports',
    'src/consent/consents/a.ts',
    'src/consent/sessions/b.ts',
  ],
  ['a new folder of consent needs a rule', 'known-folders-of-consent', 'src/consent/new/a.ts', 'src/crypto/random.ts'],
  ['endpoints stay apart', 'oauth2-endpoints-apart', 'src/oauth2/token/a.ts', 'src/oauth2/authorize/checks/check.ts'],
  ['only cli imports the application', 'roots-are-last', 'src/http/a.ts', 'src/app.module.ts'],
  ['main imports only cli', 'main-imports-cli', 'src/main.ts', 'src/http/replies/page.ts'],
  ['only main imports cli', 'cli-is-imported-by-main', 'src/health/a.ts', 'src/cli/serve.ts'],
  ['a new folder needs a rule', 'known-folders', 'src/helpers/a.ts', 'src/crypto/random.ts'],
  ['source never imports tests', 'no-tests-in-source', 'src/events/a.ts', 'test/support/help.ts'],
  ['a migration imports nothing', 'migrations-are-text', 'migrations/a.ts', 'src/clients/client.ts'],
] as const;

const ALLOWED = [
  ['consent imports clients', 'src/consent/b.ts', 'src/clients/client.ts'],
  ['the interaction of the browser imports sessions', 'src/consent/interaction/b.ts', 'src/consent/sessions/b.ts'],
  ['endpoints of oauth2 share code through issuance', 'src/oauth2/token/b.ts', 'src/oauth2/issuance/grants.ts'],
  ['discovery imports lists of endpoints', 'src/oauth2/discovery/b.ts', 'src/oauth2/authorize/checks/check.ts'],
  ['cli imports the application', 'src/cli/b.ts', 'src/app.module.ts'],
  ['a spec imports anything', 'src/keys/b.spec.ts', 'src/clients/client.ts'],
] as const;

describe('the check itself', () => {
  let folder: string;
  let found: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostiary-architecture-'));
    const compilerOptions = { module: 'NodeNext', moduleResolution: 'NodeNext' };
    await plant('tsconfig.json', JSON.stringify({ compilerOptions }));
    await plant('package.json', JSON.stringify({ type: 'module' }));
    for (const [, , from, to] of FORBIDDEN) await plantImport(from, to);
    for (const [, from, to] of ALLOWED) await plantImport(from, to);
    await plant('src/trust/a.ts', typeImport('src/trust/a.ts', 'src/consent/type.ts'));
    await plant('src/consent/type.ts', 'export interface Planted { a: string }\n');
    await plant('src/keys/one.ts', "import { two } from './two.js';\nexport const one = (): unknown => two;\n");
    await plant('src/keys/two.ts', "import { one } from './one.js';\nexport const two = (): unknown => one;\n");
    found = await violations(folder, ['src', 'migrations']);
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function plant(path: string, text: string): Promise<void> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async function plantImport(from: string, to: string): Promise<void> {
    await plant(from, `export { planted } from '${specifier(from, to)}';\n`);
    await plant(to, 'export const planted = 1;\n');
  }

  function typeImport(from: string, to: string): string {
    return `import type { Planted } from '${specifier(from, to)}';\nexport type Mine = Planted;\n`;
  }

  function specifier(from: string, to: string): string {
    return `${'../'.repeat(from.split('/').length - 1)}${to.replace(/\.ts$/, '.js')}`;
  }

  it.each(FORBIDDEN)('%s', (_title, rule, from, to) => {
    expect(found).toContain(`${rule}: ${from} → ${to}`);
  });

  it.each(ALLOWED)('allows: %s', (_title, from) => {
    expect(found.filter((line) => line.includes(`: ${from} →`))).toEqual([]);
  });

  it('finds type imports', () => {
    expect(found).toContain('trust-imports: src/trust/a.ts → src/consent/type.ts');
  });

  it('finds cycles', () => {
    expect(found).toContain('no-cycles: src/keys/one.ts → src/keys/two.ts');
  });
});
