/**
 * What the chart makes, from the committed renders (test/deploy/golden): no Helm is needed. Every object fits the schema of
 * Kubernetes, and the server accepts the configuration as it is mounted.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { ROOT } from './tools.js';
import { goldenManifests, type Manifest, VALUE_SETS } from './value-sets.js';

interface Schemas {
  kinds: Record<string, object>;
  definitions: Record<string, object>;
}

const validators = new Map<string, ValidateFunction>();
for (const file of ['kubernetes.json', 'monitoring.json']) {
  const text = await readFile(join(ROOT, 'test/deploy/schemas', file), 'utf8');
  const { kinds, definitions } = JSON.parse(text) as Schemas;
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const [id, schema] of Object.entries(kinds)) validators.set(id, ajv.compile({ ...schema, definitions }));
}

function faultsOf(manifest: Manifest): string[] {
  const validate = validators.get(`${manifest.apiVersion}/${manifest.kind}`);
  if (!validate) return [`no schema for ${manifest.apiVersion} ${manifest.kind}`];
  validate(manifest);
  return (validate.errors ?? []).map((one) => `${manifest.kind} ${one.instancePath} ${one.message ?? ''}`);
}

interface Container {
  name: string;
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  volumeMounts?: { name: string; mountPath: string }[];
  securityContext?: Record<string, unknown>;
}
interface Volume {
  name: string;
  configMap?: { name: string };
  projected?: { sources: { secret: { name: string; items: { key: string; path: string }[] } }[] };
}
interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  securityContext?: Record<string, unknown>;
}

interface PodTemplate {
  spec: PodSpec;
}
interface Template {
  template: PodTemplate;
}

/** Values of Secrets that an installation brings itself. */
const BROUGHT: Record<string, string> = {
  'hydra-credentials/dsn': 'postgres://a:b@db/ostiary',
  'hydra-credentials/secretsSystem': 'a-secret-of-their-own-secret',
  'hydra-credentials/secretsCookie': '"a-cookie-secret-of-theirs","an-older-cookie-secret"',
  'postgres/uri': 'postgres://a:b@db/ostiary',
  'redis/url': 'redis://redis:6379',
};

const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((one) => one.kind === kind);

function secretValue(manifests: readonly Manifest[], name: string, key: string): string {
  const made = ofKind(manifests, 'Secret').find(({ metadata }) => metadata.name === name);
  const encoded = (made?.['data'] as Record<string, string> | undefined)?.[key];
  const value = encoded === undefined ? BROUGHT[`${name}/${key}`] : Buffer.from(encoded, 'base64').toString();
  if (value === undefined) throw new Error(`The Secret ${name} has no key ${key}.`);
  return value;
}

/** The pod of a Deployment, a Job, a CronJob, or the Pod itself. */
function podOf({ kind, spec }: Manifest): PodSpec {
  if (kind === 'Pod') return spec as PodSpec;
  const { jobTemplate, template } = spec as { jobTemplate?: { spec: Template }; template: PodTemplate };
  return (jobTemplate?.spec.template ?? template).spec;
}

/** The files that the pod mounts, by their path in the container. */
function mounted(manifests: readonly Manifest[], { volumes = [] }: PodSpec, container: Container): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const volume = volumes.find((one) => one.name === name);
    const map = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === volume?.configMap?.name);
    for (const [file, text] of Object.entries((map?.['data'] ?? {}) as Record<string, string>)) {
      files.set(`${mountPath}/${file}`, text);
    }
    for (const { secret } of volume?.projected?.sources ?? []) {
      for (const { key, path } of secret.items) {
        files.set(`${mountPath}/${path}`, secretValue(manifests, secret.name, key));
      }
    }
  }
  return files;
}

function environment(manifests: readonly Manifest[], container: Container): Record<string, string> {
  const pairs = (container.env ?? []).map(({ name, value, valueFrom }): [string, string] => {
    const from = valueFrom?.secretKeyRef;
    return [name, value ?? (from ? secretValue(manifests, from.name, from.key) : '2')];
  });
  return Object.fromEntries(pairs);
}

/** The configuration of the server as the container would read it. */
async function configurationOf(manifests: readonly Manifest[]): Promise<ReturnType<typeof loadConfiguration>> {
  const pod = podOf(ofKind(manifests, 'Deployment')[0] as Manifest);
  const container = pod.containers[0] as Container;
  const folder = await mkdtemp(join(tmpdir(), 'mounted-'));
  try {
    const paths = new Map<string, string>();
    for (const [path, text] of mounted(manifests, pod, container)) {
      const file = join(folder, path.replaceAll('/', '_').replace(/^_/, ''));
      await writeFile(file, text);
      paths.set(path, file);
    }
    const here = (path: string): string => paths.get(path) ?? path;
    const env = Object.entries(environment(manifests, container)).map(([name, value]) => [name, here(value)]);
    const args = container.args ?? [];
    const files = args.filter((_, index) => args[index - 1] === '--config').map(here);
    return loadConfiguration({
      files,
      env: Object.fromEntries(env) as Record<string, string>,
      dev: args.includes('--dev'),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ALL = VALUE_SETS.map(({ name }) => ({ name, manifests: goldenManifests(name) }));
const theSet = (name: string): Manifest[] => goldenManifests(name);

describe.each(ALL)('the objects of $name', ({ name, manifests }) => {
  it('fit the schemas of Kubernetes, and name their namespace', () => {
    expect(manifests.length).toBeGreaterThan(3);
    expect(manifests.flatMap(faultsOf)).toEqual([]);
    expect(manifests.filter(({ metadata }) => metadata.namespace !== 'identity')).toEqual([]);
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
  });

  it('hold a configuration that the server starts with', async () => {
    const { dsn, urls } = await configurationOf(manifests);
    expect(dsn).toMatch(/^postgres:/);
    expect(urls.self.issuer).toMatch(/^http/);
  });

  it('contain no secret outside of Secrets', () => {
    const others = JSON.stringify(manifests.filter(({ kind }) => kind !== 'Secret'));
    expect(others).not.toMatch(/password@|a-first-secret|-secret-\d|a-password|the-key-of|the-salt-of|Bearer/);
  });

  it('run without privileges, as a user with a number', () => {
    const workloads = manifests.filter(({ kind }) => ['Deployment', 'Job', 'CronJob', 'Pod'].includes(kind));
    const own = workloads.filter(({ kind }) => !(name === 'jobs' && kind === 'CronJob')); // contexts of the values
    expect(own.length).toBeGreaterThan(1);
    for (const pod of own.map(podOf)) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65534 });
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        if (['wait', 'proxy'].includes(container.name)) continue; // text of the values
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        });
      }
    }
  });
});

describe('the configuration of a values file for Ory’s chart', () => {
  it('means what it means there', async () => {
    const configuration = await configurationOf(theSet('ory-chart'));
    expect(configuration.urls.self.issuer).toBe('https://id.identity.example.com/');
    expect(configuration.secrets.system).toEqual(['the-newest-system-secret-1', 'an-older-system-secret-0']);
    expect(configuration.secrets.cookie[0]).toBe('the-only-cookie-secret-of-it');
    expect(configuration.serve.public.cors.max_age).toBe(10_000_000);
    expect(configuration.oauth2.token_hook?.auth?.config).toMatchObject({ in: 'header', value: 'the-key-of-the-hook' });
    expect(configuration.tracing.service_name).toBe('id');
  });

  it('takes the secrets from an existing Secret', async () => {
    const configuration = await configurationOf(theSet('ory-existing-secret'));
    expect(configuration.secrets.cookie).toEqual([
      'a-cookie-secret-of-theirs',
      'an-older-cookie-secret',
      'a-secret-of-their-own-secret', // which opens cookies as well
    ]);
    expect(configuration.serve.admin.port).toBe(5445);
  });

  it('keeps a secret with a comma and quotes in one piece', async () => {
    const { secrets } = await configurationOf(theSet('jobs'));
    expect(secrets.system).toEqual(['one, with a comma and "quotes"', 'a-second-secret-of-this-set']);
  });
});

describe('processes', () => {
  it('are as many as the limit of CPU, unless the configuration says so', async () => {
    const variable = (name: string) =>
      podOf(ofKind(theSet(name), 'Deployment')[0] as Manifest).containers[0]?.env?.find(
        (one) => one.name === 'SERVE_WORKERS',
      );
    expect(variable('production')).toMatchObject({ valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } });
    expect(variable('minimal')).toBeUndefined();
    expect(variable('tls')).toBeUndefined();
    expect((await configurationOf(theSet('production'))).serve.workers).toBe(2);
  });
});
