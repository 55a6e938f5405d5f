/** The value sets of test/deploy/values, each with the cluster that it is rendered for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from './tools.js';

interface ValueSet {
  name: string;
  kubernetes: string;
  apis?: string[];
}

const MONITORING = ['monitoring.coreos.com/v1'];

export const VALUE_SETS: ValueSet[] = [
  { name: 'minimal', kubernetes: '1.36.0' },
  { name: 'ory-chart', kubernetes: '1.32.0', apis: MONITORING },
  { name: 'ory-existing-secret', kubernetes: '1.36.0' },
  { name: 'production', kubernetes: '1.36.0', apis: MONITORING },
  { name: 'gateway', kubernetes: '1.36.0' },
  { name: 'tls', kubernetes: '1.36.0', apis: MONITORING },
  { name: 'jobs', kubernetes: '1.36.0' },
  { name: 'one-pod', kubernetes: '1.23.0' },
];

export const valuesOf = (name: string): string => join(ROOT, 'test/deploy/values', `${name}.yaml`);
export const goldenOf = (name: string): string => join(ROOT, 'test/deploy/golden', `${name}.yaml`);

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [member: string]: unknown;
}

export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [fault] = document.errors;
    if (fault) throw new Error(fault.message);
    return (document.toJS() as Manifest | null) ?? [];
  });
}

export const goldenManifests = (name: string): Manifest[] => manifestsOf(readFileSync(goldenOf(name), 'utf8'));
