/**
 * The dashboard and the alert rules name only metrics and labels that a running server exports, and each alert has its
 * section in the run-books.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EVENT_ACTORS } from '../../src/events/domain-event.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { namedIn } from './promql.js';
import { CHART, ROOT, run, tool } from './tools.js';

interface Rule {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const ALERTS = 'deploy/prometheus/alerts.yaml';
const DASHBOARD = 'deploy/grafana/ostiary.json';
const rules = (parse(read(ALERTS)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read(DASHBOARD)) as { panels: Panel[] };
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ name: title, expr })),
);
const expressions = [...rules.map(({ alert, expr }) => ({ name: alert, expr })), ...queries];

/** Labels that Prometheus itself gives to every series of a target. */
const OF_TARGET = ['job', 'instance', 'namespace', 'pod'];
/** Labels whose values depend on what is asked. */
const OPEN = ['code', 'endpoint', 'outcome'];
/** Values that a server shows only after the event. */
const EVENTS = Object.keys(EVENT_ACTORS);

describe('dashboard and alert rules', () => {
  let database: TestDatabase;
  let server: TestServer;
  /** Metric → label → values, as exported. */
  const exported = new Map<string, Map<string, Set<string>>>();

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    await useEverything();
    const text = await (await fetch(`${server.admin}/metrics/prometheus`)).text();
    for (const [, metric = '', labels = ''] of text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
      const known = exported.get(metric) ?? new Map<string, Set<string>>();
      exported.set(metric, known);
      for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
        known.set(label, (known.get(label) ?? new Set()).add(value));
      }
    }
    for (const [, metric = ''] of text.matchAll(/^# TYPE (\S+) (?:counter|gauge)$/gm)) {
      if (!exported.has(metric)) exported.set(metric, new Map());
    }
    exported.set('up', new Map()); // of Prometheus itself
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  /** So that every metric has a sample: a token, a device flow, and probes. */
  async function useEverything(): Promise<void> {
    const grant_types = ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'];
    const client = { client_id: 'seen', client_secret: 'a-secret-of-the-client', grant_types };
    await fetch(`${server.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const authorization = `Basic ${Buffer.from('seen:a-secret-of-the-client').toString('base64')}`;
    for (const [path, form] of [
      ['/oauth2/token', { grant_type: 'client_credentials' }],
      ['/oauth2/device/auth', { client_id: 'seen' }],
    ] as const) {
      const response = await fetch(server.public + path, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams(form),
      });
      expect(response.status).toBe(200);
    }
    expect((await fetch(`${server.admin}/health/ready`)).status).toBe(200);
  }

  function faultsOf(expression: string): string[] {
    const { selected, grouped } = namedIn(expression);
    if (selected.length === 0) return ['names no metric'];
    const labelsOf = (metric: string): Map<string, Set<string>> =>
      exported.get(metric) ?? new Map<string, Set<string>>();
    const unknown = selected
      .filter(({ metric }) => !exported.has(metric))
      .map(({ metric }) => `${metric} is not exported`);
    const known = selected.filter(({ metric }) => exported.has(metric));
    const absent = grouped.filter(
      (label) => !OF_TARGET.includes(label) && !known.some(({ metric }) => labelsOf(metric).has(label)),
    );
    const wrong = known.flatMap(({ metric, labels }) =>
      labels
        .filter(({ label }) => !OF_TARGET.includes(label))
        .flatMap(({ label, values }) => {
          const shown = labelsOf(metric).get(label);
          if (!shown) return [`${metric} has no label ${label}`];
          const possible = label === 'type' ? EVENTS : [...shown];
          return values
            .filter((value) => !OPEN.includes(label) && !possible.includes(value))
            .map((value) => `no ${label} is ${value}`);
        }),
    );
    return [...unknown, ...wrong, ...absent.map((label) => `no metric has the label ${label}`)];
  }

  it.each(expressions)('name what a server exports: $name', ({ expr }) => {
    expect(faultsOf(expr)).toEqual([]);
  });

  it('would be refused with an unknown metric, label or value', () => {
    expect(faultsOf('sum by (way) (rate(ostiary_cache_feeds{job="ostiary"}[5m])) > 0')).toEqual([
      'ostiary_cache_feeds is not exported',
      'no metric has the label way',
    ]);
    expect(faultsOf('ostiary_cache_feed{channel="poll"}')).toEqual(['ostiary_cache_feed has no label channel']);
    expect(faultsOf('sum by (ways) (ostiary_cache_feed)')).toEqual(['no metric has the label ways']);
    expect(faultsOf('ostiary_cache_feed{way="polls"}')).toEqual(['no way is polls']);
    expect(faultsOf('a / ostiary_events_total{type=~"code.replayed|code.lost"}')).toEqual([
      'a is not exported',
      'no type is code.lost',
    ]);
  });

  it('probe readiness under the endpoint that the rules name', () => {
    expect([...(exported.get('http_requests_total')?.get('endpoint') ?? [])]).toContain('/admin/health/ready');
  });
});

describe('each alert', () => {
  const runbooks = read('docs/runbooks.md');
  const sections = new Map(
    runbooks
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')).trim(), text]),
  );

  it('has a severity, a summary and a section of the run-books that says what it means, what to look at, what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(['critical', 'warning']).toContain(labels['severity']);
      expect(annotations['summary']).toBeTruthy();
      expect(annotations['runbook_url']).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
      const section = sections.get(alert) ?? '';
      for (const part of ['**What it means.**', '**What to look at.**', '**What to do.**']) {
        expect({ alert, has: section.includes(part) }).toEqual({ alert, has: true });
      }
    }
  });

  it('is one of the rules, for each section named like an alert', () => {
    const named = [...sections.keys()].filter((title) => title.startsWith('Ostiary'));
    expect(named.sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });
});

describe('the chart', () => {
  it('brings the same rules and the same dashboard', async () => {
    await expect(read(ALERTS)).toMatchFileSnapshot(join(CHART, 'files/alerts.yaml'));
    await expect(read(DASHBOARD)).toMatchFileSnapshot(join(CHART, 'files/dashboard.json'));
  });
});

const PROMTOOL = tool('promtool');

describe.skipIf(!PROMTOOL)('promtool', () => {
  it('accepts the rules and their tests', () => {
    expect(run(PROMTOOL ?? '', ['check', 'rules', ALERTS]).text).toContain(`SUCCESS: ${rules.length} rules found`);
    const { failed, text } = run(PROMTOOL ?? '', ['test', 'rules', 'deploy/prometheus/alerts.test.yaml']);
    expect({ failed, text: failed ? text : '' }).toEqual({ failed: false, text: '' });
  });
});
