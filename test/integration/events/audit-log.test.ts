import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EVENT_ACTORS, type EventType } from '../../../src/events/domain-event.js';
import { AUDIT_MEMBERS } from '../../../src/observability/audit-line.js';
import { CibaApp, cibaSettings } from '../../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer } from '../../support/server.js';
import { Everything } from './everything.js';

interface AuditLine {
  type: EventType;
  actor: string;
  request_id?: string;
  client_id?: string;
  subject?: string;
  grant_type?: string;
}

const TYPES = Object.keys(EVENT_ACTORS) as EventType[];
/** Events of acts of the server without a request: rotation of keys, deliveries. */
const OF_THE_SERVER = TYPES.filter((type) => EVENT_ACTORS[type] === 'server');
const TEXT = { type: 'string', minLength: 1 };
const COUNT = { type: 'integer', minimum: 0 };
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['time', 'type', 'actor', 'request_id', 'remote_address'],
  properties: {
    ...Object.fromEntries(Object.values(AUDIT_MEMBERS).map((name) => [name, TEXT])),
    ...{ count: COUNT, attempts: COUNT, status: COUNT, remember: { type: 'boolean' } },
    time: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    type: { enum: TYPES },
    actor: { enum: ['client', 'subject', 'admin', 'server'] },
    request_id: TEXT,
    remote_address: { type: 'string', pattern: '127\\.0\\.0\\.1$' },
  },
};

describe('audit lines', () => {
  let database: TestDatabase;
  let folder: string;
  let text: string;
  let lines: AuditLine[];
  let client: RelyingParty;
  let everything: Everything;
  let metrics: string;

  beforeAll(async () => {
    [database, folder] = [await freshDatabase(), await mkdtemp(join(tmpdir(), 'audit-'))];
    const file = join(folder, 'audit.log');
    const app = await CibaApp.open();
    const server = await startTestServer(database.dsn, {
      log: { level: 'fatal', audit: file },
      oidc: { dynamic_client_registration: { enabled: true }, ...cibaSettings(app) },
      clients: {
        metadata_documents: { enabled: true },
        http: { private_ip_exception_urls: ['https://127.0.0.1:*/**'] },
      },
      oauth2: {
        ...{ pushed_authorization_requests: { enabled: true }, mtls: { enabled: true }, dpop: { enabled: true } },
        token_exchange: { enabled: true },
      },
      urls: {
        self: { issuer: ISSUER },
        ...{ login: 'http://ui.example/login', consent: 'http://ui.example/consent', logout: 'http://ui.example/out' },
      },
    });
    const connection = new pg.Client({ connectionString: database.dsn });
    await connection.connect();
    everything = new Everything(server, app, (sql, values) => connection.query(sql, values));
    client = await everything.walk();
    await connection.end();
    metrics = (await send('GET', `${server.admin}/admin/metrics/prometheus`)).text;
    await server.stop();
    await app.close();
    text = await readFile(file, 'utf8');
    lines = linesOf(text);
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const of = (...types: EventType[]) => lines.filter(({ type }) => types.includes(type));

  it.each(TYPES.filter((type) => !OF_THE_SERVER.includes(type)))('report %s', (type) => {
    expect(of(type).length).toBeGreaterThan(0);
  });

  it('all have the same form', () => {
    const validate = new Ajv({ allErrors: true }).compile(SCHEMA);
    for (const line of lines.filter(({ actor }) => actor !== 'server')) {
      expect([line.type, validate(line), validate.errors]).toEqual([line.type, true, null]);
    }
  });

  it('contain no secret, token or code', () => {
    const handedOut = everything.secrets.filter((secret) => secret && secret !== 'undefined');
    expect(handedOut).toHaveLength(everything.secrets.length);
    expect(handedOut.length).toBeGreaterThan(60);
    for (const secret of handedOut) {
      expect(text).not.toContain(secret);
      // Other secrets may have dots as well.
      const signature = secret.startsWith('eyJ') && secret.split('.')[2];
      if (signature) expect(text).not.toContain(signature);
    }
  });

  it('report each event once', () => {
    const once: EventType[] = [
      ...([
        'token.refreshed',
        'refresh_token.replayed',
        'code.replayed',
        'credential.issued',
        'token.revoked',
        'token.exchanged',
      ] as const),
      ...(['logout.accepted', 'logout.completed', 'login.rejected', 'consent.rejected'] as const),
    ];
    const counts = Object.fromEntries(once.map((type) => [type, of(type).length]));
    expect(new Set(Object.values(counts)), JSON.stringify(counts)).toEqual(new Set([1]));
    expect(of('client.access_tokens_ended', 'client.secret_rotated', 'client.registered')).toHaveLength(3);
    expect(of('key.deleted').length).toBe(2); // one of a set, one of a trusted issuer
    expect(of('assertion.replayed')).toHaveLength(1);
    expect(of('dpop.replayed')).toHaveLength(1);
    expect(of('dpop.rejected')).toEqual([expect.objectContaining({ actor: 'client', reason: 'method' })]);
    expect(of('mtls.rejected')).toEqual([expect.objectContaining({ actor: 'client', reason: 'no_certificate' })]);
  });

  it('name client, subject, actor and request', () => {
    const [first] = of('token.issued');
    expect(first).toMatchObject({ actor: 'client', client_id: client.clientId, subject: 'alice' });
    expect(of('grant.started')[0]).toMatchObject({ actor: 'subject', client_id: client.clientId, subject: 'alice' });
    expect(of('login.accepted')[0]).toMatchObject({ actor: 'admin', client_id: client.clientId, subject: 'alice' });
    expect(of('grant.revoked')[0]).toMatchObject({ actor: 'admin', request_id: 'DELETE-of-the-administrator' });
    expect(of('client.deleted').map(({ actor }) => actor)).toEqual(['client', 'admin']);
    expect(of('token.issued').map((line) => line.grant_type)).toContain('implicit');
  });

  it('are counted by type and reason in the metrics', () => {
    expect(metrics).toMatch(/^ostiary_events_total\{[^}]*type="code\.replayed"[^}]*\} 1$/m);
    expect(metrics).toMatch(/^ostiary_events_total\{type="mtls\.rejected",reason="no_certificate"[^}]*\} 1$/m);
  });
});

describe('the file of audit lines', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    [database, folder] = [await freshDatabase(), await mkdtemp(join(tmpdir(), 'audit-'))];
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['SIGHUP', () => process.emit('SIGHUP')],
    ['nothing more, within a second', () => undefined],
  ])('is opened again under its name after it was moved, on %s, readable only by the operator', async (_, say) => {
    const file = join(folder, `${String(Math.random())}.log`);
    const server = await startTestServer(database.dsn, { log: { level: 'fatal', audit: file } });
    await RelyingParty.register(server);
    await vi.waitFor(async () => {
      expect(linesOf(await readFile(file, 'utf8'))).toHaveLength(1);
    });
    await rename(file, `${file}.1`);
    say();
    await vi.waitFor(() => stat(file), { timeout: 10_000 });
    await RelyingParty.register(server);
    await server.stop();
    expect(linesOf(await readFile(`${file}.1`, 'utf8'))).toHaveLength(1);
    expect(linesOf(await readFile(file, 'utf8'))).toHaveLength(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('stops the start if it cannot be opened', async () => {
    const audit = join(folder, 'nowhere', 'audit.log');
    await expect(startTestServer(database.dsn, { log: { level: 'fatal', audit } })).rejects.toThrow('ENOENT');
  });
});

describe('the documentation of audit lines', () => {
  it('names every type and every member', async () => {
    const page = await readFile(new URL('../../../docs/audit.md', import.meta.url), 'utf8');
    for (const name of [...TYPES, ...Object.values(AUDIT_MEMBERS)]) expect(page).toContain(`\`${name}\``);
  });
});

function linesOf(text: string): AuditLine[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditLine);
}
