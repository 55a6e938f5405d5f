import { readFile, rm } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_ACTORS } from '../../../src/events/domain-event.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer } from '../../support/server.js';

interface AuditLine {
  time: string;
  type: keyof typeof EVENT_ACTORS;
  actor: string;
  request_id?: string;
  client_id?: string;
  subject?: string;
}

/** One walk through what happens to a client and a person, and then the lines that it left. */
describe('audit lines', () => {
  let database: TestDatabase;
  let folder: string;
  let text: string;
  let lines: AuditLine[];
  let client: RelyingParty;
  const secrets: string[] = [];

  beforeAll(async () => {
    [database, folder] = [await freshDatabase(), await mkdtemp(join(tmpdir(), 'audit-'))];
    const file = join(folder, 'audit.log');
    const server = await startTestServer(database.dsn, { log: { level: 'fatal', audit: file } });
    client = await RelyingParty.register(server);
    const code = await client.code();
    const first = (await client.redeem(code)).json as Record<string, string>;
    const second = (await client.refresh(first.refresh_token!)).json as Record<string, string>;
    await client.refresh(first.refresh_token!); // a replay: the grant ends
    const machine = (await client.token({ grant_type: 'client_credentials' })).json as Record<string, string>;
    await client.revoke(machine.access_token!);
    await client.admin('DELETE', '/oauth2/auth/sessions/login?subject=alice');
    await client.admin('POST', '/keys/a-set', { alg: 'ES256' });
    await client.admin('DELETE', `/clients/${client.clientId}`);
    secrets.push(client.secret, code, ...[first, second, machine].flatMap((one) => Object.values(one)));
    await server.stop();
    text = await readFile(file, 'utf8');
    lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditLine);
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('tell each thing that happened, once and in its order', () => {
    const told = lines.map(({ type }) => type).filter((type) => !type.startsWith('key.p'));
    const expected = [
      ...['client.created', 'login.accepted', 'login_session.started', 'consent.accepted', 'grant.started'],
      ...['token.issued', 'token.refreshed', 'refresh_token.replayed', 'token.issued', 'token.revoked'],
      ...['key.created', 'client.deleted'],
    ];
    expect(told.filter((type) => expected.includes(type))).toEqual(expected);
  });

  it('name who acted, for whom, and the request', () => {
    for (const { type, time, actor, request_id: requestId } of lines) {
      expect(Object.keys(EVENT_ACTORS)).toContain(type);
      expect(new Date(time).toISOString()).toBe(time);
      expect(['client', 'subject', 'admin', 'server']).toContain(actor);
      if (actor !== 'server') expect(requestId).toMatch(/./);
    }
    const issued = lines.find(({ type }) => type === 'token.issued');
    expect(issued).toMatchObject({
      actor: 'client',
      client_id: client.clientId,
      subject: expect.any(String) as string,
    });
  });

  it('hold nothing that was handed out', () => {
    const handedOut = secrets.filter((value) => typeof value === 'string' && value.length > 20);
    expect(handedOut.length).toBeGreaterThan(8);
    for (const secret of handedOut) expect(text).not.toContain(secret);
  });
});
