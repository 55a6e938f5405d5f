/**
 * Runs the commands of docs/moving-from-hydra.md one after the other, as an operator would. Addresses, ports and the
 * configuration are those of the test; the server that the operator would end with Ctrl-C runs in the background.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../support/free-ports.js';
import { hydraAnswers, hydraConfiguration, hydraDatabase, onDatabase } from '../../support/hydra-database.js';
import { makeHydraCookie } from '../../support/hydra-cookie.js';
import { emptyDatabase, type TestDatabase } from '../../support/postgres.js';
import { root } from '../../e2e/support/built.js';
import { Folder } from '../config/folder.js';
import { PROGRAM, program } from '../cli/ostiary.js';

const PAGE = 'docs/moving-from-hydra.md';
const FENCE = /^( *)```(\w*)\n([^]*?)^\1```$/gm;

interface Report {
  dry_run: boolean;
  tables: { table: string; rows: number; imported: number; left_out: { rows: number }[] }[];
}

const fences = [...readFileSync(join(root, PAGE), 'utf8').matchAll(FENCE)].map(
  ([, indent = '', kind = '', text = '']) => ({ kind, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }),
);

/** The page as one script. A new server ends the one before it. */
function script(replacements: Record<string, string>): string {
  let text = fences.map((fence) => fence.text).join('\n');
  for (const [from, to] of Object.entries(replacements)) text = text.replaceAll(from, to);
  const served = text.replaceAll(
    /^.*\bostiary serve .*$/gm,
    (line) => `end_server\n${line} > server.log 2>&1 &\nSERVER=$!`,
  );
  return `${PRELUDE}\n${served}\n`;
}

const PRELUDE = `
set -euo pipefail
SERVER=
end_server() { if [ -n "$SERVER" ]; then kill "$SERVER" && wait "$SERVER" || true; SERVER=; fi; }
trap end_server EXIT
set -x`;

/** An access token that a client got from Hydra. */
async function liveToken(): Promise<string> {
  const answers = Object.entries(await hydraAnswers());
  return answers.find(([token, { active }]) => active && token.startsWith('ory_at_'))?.[0] ?? '';
}

/** The session cookie of a browser that is logged in at Hydra. */
async function cookieOfBrowser({ dsn }: TestDatabase): Promise<string> {
  const sessions = 'select id from hydra_oauth2_authentication_session where remember order by id limit 1';
  const { rows } = await onDatabase(dsn, (client) => client.query<{ id: string }>(sessions));
  const { system } = (await hydraConfiguration()).secrets;
  const values = { sid: rows[0]?.id ?? '' };
  return makeHydraCookie({ secret: system[0] ?? '', name: 'ory_hydra_session_dev', values, issuedAt: new Date() });
}

describe('the guide for a move from Hydra', () => {
  const folder = new Folder();
  const databases: TestDatabase[] = [];
  let ended: { code: number | null; output: string };
  let target: TestDatabase;

  beforeAll(async () => {
    await program();
    const [source, trial] = [await hydraDatabase(), await emptyDatabase()];
    target = await emptyDatabase();
    databases.push(source, trial, target);
    const [onPublic, onAdmin, onTrialPublic, onTrialAdmin] = (await freePorts(4)).map(String);
    const serve = { public: { port: Number(onPublic) }, admin: { port: Number(onAdmin) } };
    folder.write('ostiary.yaml', JSON.stringify({ ...(await hydraConfiguration()), serve }));
    chmodSync(folder.write('ostiary', `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`), 0o755);
    const text = script({
      'postgres://hydra:secret@db.example.com/hydra_copy': source.dsn,
      'postgres://hydra:secret@db.example.com/hydra': source.dsn,
      'postgres://ostiary:secret@db.example.com/ostiary_trial': trial.dsn,
      'postgres://ostiary:secret@db.example.com/ostiary': target.dsn,
      'ADMIN_PORT=5445': `ADMIN_PORT=${onTrialAdmin}`,
      'PUBLIC_PORT=5444': `PUBLIC_PORT=${onTrialPublic}`,
      '127.0.0.1:5445': `127.0.0.1:${onTrialAdmin}`,
      '127.0.0.1:4445': `127.0.0.1:${onAdmin}`,
    });
    ended = await run(text, { TOKEN: await liveToken(), COOKIE: await cookieOfBrowser(source) });
  });
  afterAll(async () => {
    folder.remove();
    for (const database of databases) await database.drop();
  });

  async function run(text: string, given: Record<string, string>): Promise<{ code: number | null; output: string }> {
    const path = `${folder.path}${delimiter}${process.env.PATH ?? ''}`;
    const env = { PATH: path, HOME: folder.path, NO_COLOR: '1', ...given };
    const shell = spawn('bash', ['-c', text], { cwd: folder.path, env });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(shell, 'close')) as [number | null];
    return { code, output };
  }

  it('has commands for a shell only, so that all of them are run', () => {
    expect(fences.length).toBeGreaterThan(8);
    expect(new Set(fences.map(({ kind }) => kind))).toEqual(new Set(['sh']));
  });

  it('recognises a browser that is logged in', () => {
    expect(ended.output).toContain('the cookie opens');
  });

  it('finds a token of Hydra active, on the trial and afterwards', () => {
    expect(ended.output.match(/^ACTIVE +true/gm), ended.output).toHaveLength(2);
  });

  it('leads to a server with the data of Hydra', async () => {
    expect(ended.code, ended.output).toBe(0);
    const count = 'select count(*)::int as clients from client';
    const { rows } = await onDatabase(target.dsn, (client) => client.query<{ clients: number }>(count));
    expect(rows[0]?.clients).toBeGreaterThan(20);
  });

  it('keeps a report in which every row is accounted for', () => {
    const report = JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8')) as Report;
    expect(report.dry_run).toBe(false);
    for (const { rows, imported, left_out: leftOut } of report.tables) {
      expect(imported + leftOut.reduce((sum, { rows: left }) => sum + left, 0)).toBe(rows);
    }
  });
});
