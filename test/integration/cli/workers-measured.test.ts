/** `serve.workers`: the counters of /metrics never fall while the primary process lives, even if workers die. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { killAll, program } from './ostiary.js';
import { eventually, WorkersServer } from './workers-server.js';

const SERVES = '2 workers serve.';
const TOKEN = { grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'none' };

let database: TestDatabase;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
});

afterEach(killAll);
afterAll(() => database.drop());

describe('counters and histograms of two workers', () => {
  it('do not fall when a worker is killed or replaced', async () => {
    const server = await WorkersServer.start({ DSN: database.dsn });
    await server.says(SERVES);
    await server.everywhere(() => server.get('public', '/.well-known/openid-configuration'));
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await server.everywhere(() => server.post('public', '/oauth2/token', new URLSearchParams(TOKEN).toString(), form));
    let known = await counted(server);
    const names = new Set([...known.keys()].map((key) => key.replace(/\{.*/, '')));
    for (const part of ['_bucket', '_sum', '_count']) expect(names).toContain(`ostiary_token_duration_seconds${part}`);
    expect(known.size).toBeGreaterThan(100);

    const scrape = async (): Promise<void> => {
      const now = await counted(server);
      expect([...known].filter(([key, value]) => (now.get(key) ?? 0) < value)).toEqual([]);
      known = now;
    };
    const [victim = 0] = await server.workers();
    process.kill(victim, 'SIGKILL');
    await server.says(`(process ${String(victim)}) ended unasked: SIGKILL`);
    await eventually(async () => {
      await scrape();
      return server.stdout.split(SERVES).length === 3;
    });
    for (let round = 0; round < 6; round++) await scrape();
    expect(await server.metric('ostiary_cache_feed')).toBe(2); // a gauge counts live workers only
  });
});

/** The samples of counters and histograms, by name and labels. */
async function counted(server: WorkersServer): Promise<Map<string, number>> {
  const { status, text } = await server.get('admin', '/admin/metrics/prometheus');
  expect(status).toBe(200);
  const growing = [...text.matchAll(/^# TYPE (\S+) (?:counter|histogram)$/gm)].map(([, name]) => name ?? '');
  const samples = text.split('\n').filter((line) => growing.some((name) => isOf(line, name)));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const isOf = (line: string, metric: string): boolean =>
  line.startsWith(metric) && /^(_bucket|_sum|_count)?\{/.test(line.slice(metric.length));
