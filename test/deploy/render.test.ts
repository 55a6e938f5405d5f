/** The chart, rendered by Helm: `npm run deploy:check` builds it; where there is none this file is skipped. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startApiServer } from './api-server.js';
import { CHART, type Outcome, ROOT, run, tool } from './tools.js';
import { goldenOf, manifestsOf, VALUE_SETS, valuesOf } from './value-sets.js';

const HELM = tool('helm');
const helm = (...args: string[]): Outcome => run(HELM ?? 'helm', args);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'values-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const template = (...args: string[]): Outcome =>
  helm('template', 'id', CHART, '--namespace', 'identity', '--kube-version', '1.36.0', ...args);

/** Renders the values over those of the smallest set. */
async function rendered(values: object, base = 'minimal'): Promise<Outcome> {
  const file = join(folder, 'values.yaml');
  await writeFile(file, stringify(values));
  return template('-f', valuesOf(base), '-f', file);
}

describe.skipIf(!HELM)('the chart', () => {
  it('passes helm lint, with and without values', () => {
    for (const args of [[], ['-f', valuesOf('ory-chart')], ['-f', valuesOf('production')]]) {
      const { text, failed } = helm('lint', '--kube-version', '1.36.0', CHART, ...args);
      expect({ args, failed, faults: text.match(/\[(ERROR|WARNING)\].*/g) }).toEqual({
        args,
        failed: false,
        faults: null,
      });
    }
  });

  it.each(VALUE_SETS)('renders $name as committed', async ({ name, kubernetes, apis = [] }) => {
    const cluster = ['--kube-version', kubernetes, ...apis.flatMap((api) => ['--api-versions', api])];
    const { text, failed } = template(...cluster, '-f', valuesOf(name));
    expect({ failed, text: failed ? text : '' }).toEqual({ failed: false, text: '' });
    await expect(text).toMatchFileSnapshot(goldenOf(name));
  });

  it('is installed under names that fit, however long the name of the release is', () => {
    const release = 'a-name-of-a-release-that-has-as-much-as-helm-takes-50';
    const { text } = helm('template', release, CHART, '-f', valuesOf('minimal'), '--kube-version', '1.36.0');
    const names = manifestsOf(text).flatMap(({ metadata }) => [metadata.name, ...Object.values(metadata.labels ?? {})]);
    expect(names.filter((name) => name.length > 63)).toEqual([]);
  });
});

const REFUSED: [string, object, RegExp][] = [
  ['the operator of Ory’s chart', { maester: { enabled: true } }, /maester\.enabled must be false: install the chart/],
  ['the watcher', { watcher: { enabled: true } }, /watcher\.enabled must be false: the server itself follows/],
  ['the demo', { demo: true }, /demo: the image holds no database/],
  ['Hydra’s image', { image: { repository: 'oryd/hydra' } }, /image\.repository is the image of Hydra/],
  ['a database in memory', { hydra: { config: { dsn: 'memory' } } }, /dsn must name a PostgreSQL/],
  ['MySQL', { hydra: { config: { dsn: 'mysql://a:b@tcp(db:3306)/x' } } }, /dsn must name a PostgreSQL/],
  ['a hardware module', { hydra: { config: { hsm: { enabled: true } } } }, /hsm\.enabled must be false/],
  ['a janitor without work', { janitor: janitor(false) }, /janitor\.enabled needs one of cleanupGrants/],
  ['a budget with both bounds', { pdb: { spec: { minAvailable: 0, maxUnavailable: 1 } } }, /pdb\.spec takes one of/],
  ['an unknown value', { ingres: {} }, /additional propert.*ingres/i],
  [
    'an unknown kind of migration',
    { hydra: { automigration: { type: 'cron' } } },
    /must be one of.*job.*initContainer/,
  ],
  ['a route without a gateway', { gateway: { public: { enabled: true } } }, /parentRefs/],
  ['a text for a number', { replicaCount: 'two' }, /replicaCount.*integer/],
];

function janitor(cleans: boolean): object {
  return { enabled: true, cleanupGrants: cleans, cleanupRequests: cleans, cleanupTokens: cleans };
}

describe.skipIf(!HELM)('values that cannot be honoured', () => {
  it.each(REFUSED)('are refused by the schema, with the reason: %s', async (_, values, reason) => {
    const { text, failed } = await rendered(values);
    expect({ failed, text }).toEqual({ failed: true, text: expect.stringMatching(reason) as string });
    expect(text).toContain("values don't meet the specifications of the schema");
  });

  it('are refused while rendering, where it takes the whole: time to shut down, scaling, issuer, database', async () => {
    const slow = { hydra: { config: { serve: { shutdown: { timeout: '1m' } } } } };
    expect((await rendered(slow)).text).toMatch(
      /terminationGracePeriodSeconds \(60\) must be longer than .* \(65 seconds\)/,
    );
    expect((await rendered({ ...slow, deployment: { terminationGracePeriodSeconds: 70 } })).failed).toBe(false);
    const scaled = { deployment: { resources: { requests: { cpu: null } }, autoscaling: { enabled: true } } };
    expect((await rendered(scaled)).text).toMatch(/needs deployment\.resources\.requests\.cpu/);
    expect((await rendered({ hydra: { config: { urls: { self: { issuer: '' } } } } })).text).toMatch(/No issuer: set/);
    expect((await rendered({ hydra: { config: { dsn: '' } } })).text).toMatch(/No database: set hydra\.config\.dsn/);
  });
});

/** The annotation whose change replaces the pods. */
function checksums(text: string): Record<string, string> {
  const deployment = manifestsOf(text).find(({ kind }) => kind === 'Deployment');
  const { annotations } = (deployment?.['spec'] as { template: { metadata: { annotations: Record<string, string> } } })
    .template.metadata;
  return annotations;
}

describe.skipIf(!HELM)('a change of the configuration', () => {
  it('replaces pods only for keys that a restart applies', async () => {
    const before = checksums((await rendered({})).text);
    expect(checksums((await rendered({ hydra: { config: { ttl: { access_token: '5m' } } } })).text)).toEqual(before);
    expect(
      checksums((await rendered({ hydra: { config: { secrets: { pagination: ['x'.repeat(20)] } } } })).text),
    ).toEqual(before);
    for (const config of [{ log: { level: 'debug' } }, { redis: { url: 'redis://redis' } }]) {
      const after = checksums((await rendered({ hydra: { config } })).text);
      expect(after['checksum/hydra-config']).not.toBe(before['checksum/hydra-config']);
      expect(after['checksum/hydra-secrets']).toBe(before['checksum/hydra-secrets']);
    }
    const rotated = checksums((await rendered({ hydra: { config: { secrets: { system: ['y'.repeat(20)] } } } })).text);
    expect(rotated['checksum/hydra-config']).toBe(before['checksum/hydra-config']);
    expect(rotated['checksum/hydra-secrets']).not.toBe(before['checksum/hydra-secrets']);
  });
});

type Secrets = Record<string, Record<string, string>>;

describe.skipIf(!HELM)('secrets', () => {
  const none = { hydra: { config: { secrets: { system: null }, dsn: null } } };
  const database = { hydra: { config: { secrets: { system: null } } } };

  /** The Secrets that an upgrade on a cluster with these would write, hooks left out. */
  async function upgraded(
    values: object,
    live: Parameters<typeof startApiServer>[0],
    mode = ['--is-upgrade'],
  ): Promise<Outcome & { secrets: Secrets }> {
    const api = await startApiServer(live);
    const files = ['a.yaml', 'kubeconfig'].map((name) => join(folder, name)) as [string, string];
    await writeFile(files[0], stringify(values));
    await writeFile(files[1], stringify({ apiVersion: 'v1', kind: 'Config' }));
    const args = ['template', 'id', CHART, '-n', 'identity', '-f', valuesOf('minimal'), '-f', files[0], '--no-hooks'];
    try {
      const outcome = await new Promise<Outcome>((resolve) => {
        execFile(
          HELM ?? 'helm',
          [...args, '--dry-run=server', '--kube-apiserver', api.url, '--kubeconfig', files[1], ...mode],
          (error, stdout, stderr) => {
            resolve({ text: error ? stderr : stdout, failed: error !== null });
          },
        );
      });
      const made = outcome.failed ? [] : manifestsOf(outcome.text).filter(({ kind }) => kind === 'Secret');
      const secrets = made.map(
        ({ metadata, data }) => [metadata.name, decoded(data as Record<string, string>)] as const,
      );
      return { ...outcome, secrets: Object.fromEntries(secrets) };
    } finally {
      await api.stop();
    }
  }

  const decoded = (data: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

  it('are made once, at the installation, and an upgrade writes the same', async () => {
    const { secrets } = await upgraded(database, {}, []);
    const made = secrets['id-ostiary-generated'] ?? {};
    expect(made['secretsSystem']).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(made['secretsCookie']).toMatch(/^[A-Za-z0-9]{48}$/);
    const live = { 'identity/id-ostiary-generated': { release: 'id', data: made } };
    expect((await upgraded(database, live)).secrets['id-ostiary-generated']).toEqual(made);
  });

  it('are in an immutable Secret then, so that no other tool that renders the chart can replace them', async () => {
    const generated = manifestsOf((await rendered(database)).text).find(
      ({ metadata }) => metadata.name === 'id-ostiary-generated',
    );
    expect(generated).toMatchObject({
      immutable: true,
      metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } },
    });
  });

  it('that are lost end an upgrade, and no new ones are made', async () => {
    const { text, failed } = await upgraded(database, {});
    expect({ failed, text }).toMatchObject({
      failed: true,
      text: expect.stringMatching(/an upgrade makes no new ones/) as string,
    });
  });

  it('that are no longer given stay as they are in the cluster', async () => {
    const data = {
      dsn: 'postgres://a:b@db/live',
      secretsSystem: 'a-live-system-secret',
      secretsCookie: 'a-live-cookie-secret',
    };
    const { secrets } = await upgraded(none, { 'identity/id-ostiary': { release: 'id', data } });
    expect(secrets).toEqual({ 'id-ostiary': data });
  });

  it('of a release of Ory’s chart are used as they are, and not taken over', async () => {
    const data = {
      dsn: 'postgres://a:b@db/live',
      secretsSystem: 'a-live-system-secret',
      secretsCookie: 'a-live-system-secret',
    };
    const { secrets, text } = await upgraded(none, { 'identity/id-ostiary': { data } });
    expect(secrets).toEqual({});
    expect(text).toContain('secret: { name: id-ostiary, items: [{ key: secretsSystem, path: secretsSystem }] }');
  });

  it('of somebody else that differ from the values end the upgrade, with what to do', async () => {
    const data = {
      dsn: 'postgres://a:b@db/live',
      secretsSystem: 'a-live-system-secret',
      secretsCookie: 'a-live-system-secret',
    };
    const { text, failed } = await upgraded({}, { 'identity/id-ostiary': { data } });
    expect(failed).toBe(true);
    expect(text).toMatch(/does not belong to this release, and its key dsn differs from the values/);
  });

  it('are asked for where none shall be made', async () => {
    const { text } = await rendered({ ...database, secret: { generate: false } });
    expect(text).toMatch(/No secrets: set hydra\.config\.secrets\.system/);
  });
});

describe.skipIf(!HELM)('values of Ory’s chart that its own defaults hold', () => {
  it('render: annotations of hooks, a secret as one text, the issuer in a variable', async () => {
    const hook = { 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation' };
    const { text, failed } = await rendered({
      hydra: { config: { secrets: { system: 'a-secret-that-is-one-text' }, urls: { self: { issuer: null } } } },
      secret: { enableDefaultAnnotations: true, secretAnnotations: { ...hook, 'helm.sh/hook-weight': '0' } },
      job: { annotations: { ...hook, 'helm.sh/hook-weight': '1' }, serviceAccount: { annotations: hook } },
      deployment: { extraEnv: [{ name: 'URLS_SELF_ISSUER', value: 'https://id.example.com/' }] },
      watcher: { enabled: false, image: { tag: 'v0.0.10' }, mountFile: '' },
    });
    expect({ failed, text: failed ? text : '' }).toEqual({ failed: false, text: '' });
    const secret = manifestsOf(text).find(({ kind }) => kind === 'Secret');
    expect(secret?.['data']).toMatchObject({
      secretsSystem: Buffer.from('a-secret-that-is-one-text').toString('base64'),
    });
    expect(text).not.toMatch(/issuer:/);
  });
});

describe.skipIf(!HELM)('the values in docs/kubernetes.md', () => {
  it('render', async () => {
    const page = await readFile(join(ROOT, 'docs/kubernetes.md'), 'utf8');
    const known = Object.keys(parse(await readFile(join(CHART, 'values.yaml'), 'utf8')) as object);
    const blocks = [...page.matchAll(/^ *```yaml\n([^]*?)^ *```$/gm)].map(([, text = '']) => parse(text) as object);
    const values = blocks.filter((block) => Object.keys(block).some((key) => known.includes(key)));
    expect(values.length).toBeGreaterThanOrEqual(4);
    for (const one of values) {
      const { text, failed } = await rendered(one);
      expect({ failed, text: failed ? text : '' }).toEqual({ failed: false, text: '' });
    }
  });
});
