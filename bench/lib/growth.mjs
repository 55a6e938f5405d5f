// What many live tokens cost: instances of one server, with few and with many rows in their token tables, are measured
// in turn.
import { readFileSync } from 'node:fs';
import { say } from './contest.mjs';
import { summarizeGrowth } from './summary.mjs';

const FEW_ROWS = 10_000;
const SCENARIOS = ['client-credentials', 'introspect', 'refresh'];

/** For each scenario a list with one entry per size: ratios to the instance with few rows. */
export async function growth(contest, contestant, sizes) {
  const sql = readFileSync(contestant.fill, 'utf8');
  const all = [FEW_ROWS, ...sizes];
  const instances = [];
  for (const rows of all) {
    const filled = { ...contestant, name: `${contestant.name}_${rows}` };
    instances.push(await contest.bring(filled, SCENARIOS, { pool: 2000, before: fill(contest, sql, rows) }));
  }
  const result = {};
  for (const name of SCENARIOS) {
    const [few, ...many] = await contest.measure(name, instances);
    result[name] = many.map((one, i) => summarizeGrowth([FEW_ROWS, sizes[i]], [few, one]));
  }
  for (const instance of instances) await contest.close(instance);
  return result;
}

const fill = (contest, sql, rows) => async (server, db) => {
  const client = await post(`${server.adminPort}/admin/clients`, {
    headers: { 'content-type': 'application/json' },
    body: '{"grant_types":["client_credentials"]}',
  });
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
  // The first token makes the server create everything that a table needs for the day.
  await post(`${server.publicPort}/oauth2/token`, {
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  say(`${server.name}: filling ${rows} rows`);
  await contest.postgres.query(db, sql, { rows, client_id: client.client_id });
  await contest.postgres.query('postgres', 'checkpoint;');
};

async function post(address, request) {
  const response = await fetch(`http://127.0.0.1:${address}`, { method: 'POST', ...request });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
  return response.json();
}
