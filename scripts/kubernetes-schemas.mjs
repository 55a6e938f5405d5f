/**
 * Writes test/deploy/schemas/kubernetes.json: the schemas of the objects that the chart makes, from the Go modules of
 * Kubernetes and of the Gateway API (Apache License 2.0), without descriptions, and closed: an unknown member is an error.
 *   node scripts/kubernetes-schemas.mjs    # with Go on the PATH
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const KUBERNETES = 'k8s.io/kubernetes@v1.36.3';
const GATEWAY = 'sigs.k8s.io/gateway-api@v1.4.0';
const KINDS = [
  'apps/v1/Deployment',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'batch/v1/CronJob',
  'batch/v1/Job',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
  'v1/ConfigMap',
  'v1/Pod',
  'v1/Secret',
  'v1/Service',
  'v1/ServiceAccount',
];
const DROPPED = new Set(['description', 'default', 'example']);
const OUTPUT = new URL('../test/deploy/schemas/kubernetes.json', import.meta.url);

function module(name) {
  const text = execFileSync('go', ['mod', 'download', '-json', name], { encoding: 'utf8' });
  return JSON.parse(text).Dir;
}

/** A closed copy; `isMap` in a group of named members, where every name is somebody's own. */
function closed(node, isMap = false) {
  if (Array.isArray(node)) return node.map((one) => closed(one));
  if (node === null || typeof node !== 'object') return node;
  if (isMap) return Object.fromEntries(Object.entries(node).map(([name, below]) => [name, closed(below)]));
  const kept = Object.entries(node).filter(([key]) => !DROPPED.has(key) && !key.startsWith('x-'));
  const copy = Object.fromEntries(kept.map(([key, below]) => [key, closed(below, key === 'properties')]));
  if (node['x-kubernetes-int-or-string'] || node.format === 'int-or-string') copy.type = ['integer', 'string'];
  if (copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
  delete copy.format;
  return copy;
}

const { definitions } = JSON.parse(readFileSync(join(module(KUBERNETES), 'api/openapi-spec/swagger.json'), 'utf8'));
const found = {};
const kinds = {};

function take(name) {
  if (found[name]) return;
  found[name] = closed(definitions[name]);
  for (const [, below] of JSON.stringify(found[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) take(below);
}

for (const [name, definition] of Object.entries(definitions)) {
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
    const id = [group, version, kind].filter(Boolean).join('/');
    if (!KINDS.includes(id)) continue;
    kinds[id] = { $ref: `#/definitions/${name}` };
    take(name);
  }
}
found['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['string', 'number'] };

const crd = join(module(GATEWAY), 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml');
const version = parse(readFileSync(crd, 'utf8')).spec.versions.find(({ name }) => name === 'v1');
const route = closed(version.schema.openAPIV3Schema);
route.properties.metadata = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
kinds['gateway.networking.k8s.io/v1/HTTPRoute'] = route;

writeFileSync(OUTPUT, `${JSON.stringify({ from: [KUBERNETES, GATEWAY], kinds, definitions: found })}\n`);
