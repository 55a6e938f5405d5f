/** The example of docs/guides/rich-authorization-requests.md, with the consent page of the login app. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { ADA } from './support/relying-party.js';
import { type Page, Visitor } from './support/visitor.mjs';

const SECRET = 'a-secret-of-the-example';
const FOLDER = 'examples/rich-authorization-requests';

describe('the example of rich authorization requests', () => {
  let database: TestDatabase;
  let demo: Demo;
  let example: ChildProcess;
  let home: string;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_AUTHORIZATION_DETAILS_TYPES: JSON.stringify([
        { type: 'payment_initiation', schema: `${root}/${FOLDER}/payment.schema.json` },
      ]),
    });
    const [port = 0] = await freePorts(1);
    home = `http://127.0.0.1:${String(port)}/`;
    const client = {
      ...{ client_id: 'paying', client_secret: SECRET, scope: 'offline_access', redirect_uris: [`${home}callback`] },
      ...{ grant_types: ['authorization_code', 'refresh_token'], authorization_details_types: ['payment_initiation'] },
    };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const env = { ISSUER: demo.urls.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: SECRET, PORT: String(port) };
    example = spawn(process.execPath, [`${FOLDER}/main.mjs`], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(example.stdout!, 'data');
  });

  afterAll(async () => {
    example.kill();
    await demo.stop();
    await database.drop();
  });

  /** The consent page of a new visitor. */
  async function consentPage(visitor: Visitor): Promise<Page> {
    return visitor.submit(await visitor.open(home), { ...ADA, answer: 'sign-in' });
  }

  it('shows the payment to the person as text, and gets a token for it and one for a part of it', async () => {
    const visitor = new Visitor('nowhere:');
    const page = await consentPage(visitor);
    expect(page.html).toContain('Make a payment');
    expect(page.html).toContain('currency EUR; amount 123.50; ');
    expect(page.html).toContain('Ref Number &lt;Merchant&gt;');
    expect(page.html).not.toContain('<Merchant>');
    const end = await visitor.submit(page, { answer: 'allow' });
    const payment = { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '123.50' } };
    expect(JSON.parse(end.html)).toMatchObject({
      granted: { ...payment, actions: ['initiate', 'status'] },
      narrowed: { ...payment, actions: ['status'] },
    });
  });

  it('gets nothing that the person takes away', async () => {
    const visitor = new Visitor('nowhere:');
    const end = await visitor.submit(await consentPage(visitor), { answer: 'allow', detail: undefined });
    expect(JSON.parse(end.html)).toEqual({ granted: 'nothing' });
  });
});
