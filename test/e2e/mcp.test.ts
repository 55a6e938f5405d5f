/** The example of the guide docs/guides/mcp-server.md: client and server of the public MCP SDK, and a person who logs in. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentSite } from '../support/document-site.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { ADA } from './support/relying-party.js';
import { Visitor } from './support/visitor.mjs';

const GUIDE = join(root, 'docs/guides/mcp-server.md');

describe('an MCP client that is given nothing but the address of an MCP server', () => {
  let database: TestDatabase;
  let demo: Demo;
  let site: DocumentSite;
  let server: ChildProcess;
  let mcp: string;
  /** What the person sees. */
  let pages: string[] = [];

  beforeAll(async () => {
    [database, site] = [await freshDatabase(), await DocumentSite.start()];
    const [port = 0] = await freePorts(1);
    mcp = `http://127.0.0.1:${String(port)}/mcp`;
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      CLIENTS_METADATA_DOCUMENTS_ENABLED: 'true',
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      OAUTH2_RESOURCE_INDICATORS_ENABLED: 'true',
      OAUTH2_PROTECTED_RESOURCES: JSON.stringify([{ resource: mcp, resource_name: 'The example server' }]),
    });
    server = spawn(process.execPath, ['examples/mcp/server.mjs'], {
      cwd: root,
      env: { ...process.env, ISSUER: demo.urls.issuer, ADMIN_URL: demo.urls.admin, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (server.stdout) await once(server.stdout, 'data');
  });
  afterAll(async () => {
    server.kill();
    await demo.stop();
    await site.stop();
    await database.drop();
  });

  /** What the client prints, while a person follows the address that it opens. */
  async function run(...args: string[]): Promise<string> {
    const client = spawn(process.execPath, ['examples/mcp/client.mjs', mcp, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    pages = [];
    const ended = once(client, 'exit');
    let printed = '';
    let visited: Promise<unknown> | undefined;
    client.stdout.setEncoding('utf8').on('data', (part: string) => {
      printed += part;
      const [, address] = /^open (\S+)\n/m.exec(printed) ?? [];
      if (address !== undefined) visited ??= logIn(address);
    });
    await ended;
    await visited;
    return printed;
  }

  async function logIn(address: string): Promise<void> {
    const visitor = new Visitor('nowhere:');
    const login = await visitor.open(address);
    const consent = await visitor.submit(login, { ...ADA, answer: 'sign-in' });
    pages.push(login.html, consent.html);
    await visitor.submit(consent, { answer: 'allow' });
  }

  const said = (printed: string): unknown[] =>
    [...printed.matchAll(/^whoami: (.*)$/gm)].map(([, text = '']) => JSON.parse(text) as unknown);

  it('logs in by its document, gets a token for that server alone, renews it, and is listed under its host', async () => {
    const id = site.publish('/client.json', {
      ...{ client_name: 'The example tool', redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native' },
      logo_uri: `${site.origin}/logo.png`,
    });
    const printed = await run(id);
    const expected = { subject: 'user-1001', audience: [mcp], client: id };
    expect(said(printed)).toEqual([expected, expected]);
    expect(printed).toContain('Renewed: another access token.');
    expect(printed).not.toContain('/oauth2/register');
    const { host } = new URL(id);
    for (const page of pages) expect(page).toContain(`published by <strong>${host}</strong>`);
    expect(pages.join()).not.toContain('logo.png');
    const listed = await fetch(`${demo.urls.admin}/admin/clients?metadata_document=true`);
    expect(await listed.json()).toMatchObject([{ client_id: id, client_id_metadata_document: { url: id, host } }]);
    const args = ['list', 'clients', '--metadata-document', 'true', '-e', demo.urls.admin];
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/src/main.js', ...args], { cwd: root });
    expect(stdout).toMatch(new RegExp(`DOCUMENT HOST[^]*${host}`));
    await compareWithGuide(recording(printed, id));
  });

  it('registers itself where it has no document', async () => {
    const printed = await run();
    expect(printed).toMatch(/^POST \S+\/oauth2\/register 201$/m);
    const [first, second] = said(printed);
    expect(first).toMatchObject({ subject: 'user-1001', audience: [mcp] });
    expect(second).toEqual(first);
  });

  /** The output with the addresses of the guide, and without what is random. */
  function recording(printed: string, id: string): string {
    return printed
      .replaceAll(encodeURIComponent(id), encodeURIComponent('https://app.example/client.json'))
      .replaceAll(id, 'https://app.example/client.json')
      .replaceAll(encodeURIComponent(mcp), encodeURIComponent('http://127.0.0.1:3100/mcp'))
      .replaceAll(new URL(mcp).origin, 'http://127.0.0.1:3100')
      .replaceAll(demo.urls.issuer, 'http://127.0.0.1:4444')
      .replace(/code_challenge=[\w-]+/g, 'code_challenge=…')
      .replace(/state=[\w-]+/g, 'state=…')
      .replace(/127\.0\.0\.1%3A\d+%2Fcallback/g, '127.0.0.1%3A41234%2Fcallback');
  }

  /** RECORD=1 writes it. */
  async function compareWithGuide(recorded: string): Promise<void> {
    const guide = await readFile(GUIDE, 'utf8');
    const [before, , after] = guide.split(/(?<=```text\n)([^`]*)(?=```\n)/);
    if (process.env.RECORD) await writeFile(GUIDE, `${before ?? ''}${recorded}${after ?? ''}`);
    else expect(guide).toContain(recorded);
  }
});
