import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, requestOf, Room, START } from './room.js';

describe('subject identifiers', () => {
  let database: TestDatabase;
  let room: Room;
  let apps: Apps;

  beforeAll(async () => {
    database = await freshDatabase();
    room = await Room.open(configure(database.dsn));
    apps = new Apps(room);
  });
  afterAll(async () => {
    await room.close();
    await database.drop();
  });

  const pairwise = (host: string, over = {}): Promise<RegisteredClient> =>
    room.client({ subject_type: 'pairwise', redirect_uris: [`https://${host}/cb`], ...over });
  const computed = (sector: string, subject: string): string =>
    createHash('sha256').update(`${sector}${subject}a-salt-of-the-test`).digest('hex');
  /** Runs a flow; returns the `sub` that the client would see and the subject. */
  const seen = async (
    client: RegisteredClient,
    subject: string,
    forced?: string,
    at = START,
  ): Promise<[string, string]> => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, at);
    const said = { subject, ...(forced === undefined ? {} : { force_subject_identifier: forced }) };
    const consent = await browser.toConsent(await apps.acceptLogin(login, at, said), client, at);
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, at), client, at);
    return [granted.subjectIdentifier, granted.subject];
  };

  it('are the subject itself for clients that are not pairwise, even if one is forced', async () => {
    expect(await seen(await room.client(), 'alice', 'forced')).toEqual(['alice', 'alice']);
  });

  it('are the same for clients of one host, and different on other hosts', async () => {
    const [one, again, two] = [
      await pairwise('one.example'),
      await pairwise('one.example'),
      await pairwise('two.example'),
    ];
    expect(await seen(one, 'alice')).toEqual([computed('one.example', 'alice'), 'alice']);
    expect(await seen(again, 'alice')).toEqual([computed('one.example', 'alice'), 'alice']);
    expect(await seen(two, 'alice')).toEqual([computed('two.example', 'alice'), 'alice']);
  });

  it('can be forced; the newest is remembered for the client and the person', async () => {
    const client = await pairwise('force.example');
    const subject = randomUUID();
    expect(await seen(client, subject, `first-${subject}`)).toEqual([`first-${subject}`, subject]);
    expect(await seen(client, subject, `second-${subject}`)).toEqual([`second-${subject}`, subject]);
    expect(await seen(client, subject)).toEqual([`second-${subject}`, subject]);
    expect((await seen(await pairwise('force.example'), subject))[0]).toBe(computed('force.example', subject));
  });

  it('cannot be forced for two people of one client', async () => {
    const client = await pairwise('unique.example');
    await seen(client, 'alice', 'the-same');
    const login = await new Browser(room).begin(requestOf(client), client, START);
    const said = { subject: 'bob', force_subject_identifier: 'the-same' };
    await expect(apps.acceptLogin(login, after(1), said)).rejects.toMatchObject({ code: 'invalid_request' });
    await apps.acceptLogin(login, after(2), { ...said, force_subject_identifier: 'another' });
  });

  it('that are forced for two people at the same moment are refused to the second, who can get another one', async () => {
    const client = await pairwise('race.example');
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1), { subject: 'bob', force_subject_identifier: 'both' });
    await seen(client, 'alice', 'both');
    await expect(browser.bring(back, client, after(2))).rejects.toMatchObject({ code: 'invalid_request' });
    await apps.acceptLogin(login, after(3), { subject: 'bob', force_subject_identifier: 'bob-alone' });
    await browser.toConsent(back, client, after(4));
  });

  it('are refused to a pairwise client of several hosts without a sector', async () => {
    const client = await pairwise('a.example', { redirect_uris: ['https://a.example/cb', 'https://b.example/cb'] });
    await expect(seen(client, 'alice')).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('differ between an app with a scheme of its own and a web site on the same host', async () => {
    const site = await pairwise('shop.example', {
      redirect_uris: ['https://shop.example/cb', 'https://shop.example/b'],
    });
    expect((await seen(site, 'alice'))[0]).toBe(computed('shop.example', 'alice'));
    const apps = [
      await pairwise('', { redirect_uris: ['evilapp://shop.example/cb'] }),
      await pairwise('', { redirect_uris: ['evilapp://shop.example/cb'] }),
    ];
    const [one, two] = [await seen(apps[0] ?? site, 'alice'), await seen(apps[1] ?? site, 'alice')];
    expect(new Set([one[0], two[0], computed('shop.example', 'alice'), 'alice']).size).toBe(4);
  });

  it('are not pairwise if access tokens are JWTs', async () => {
    expect(await seen(await pairwise('jwt.example', { access_token_strategy: 'jwt' }), 'alice')).toEqual([
      'alice',
      'alice',
    ]);
  });

  it.each(['the subject', 'the pairwise value', 'the forced value'])('can be named in a hint by %s', async (which) => {
    const client = await pairwise('hint.example');
    const browser = new Browser(room);
    const subject = randomUUID();
    const forced = which === 'the forced value' ? `forced-${subject}` : '';
    const login = await browser.begin(requestOf(client), client, START);
    const said = { subject, remember: true, ...(forced ? { force_subject_identifier: forced } : {}) };
    await browser.toConsent(await apps.acceptLogin(login, START, said), client, START);
    const sub = which === 'the subject' ? subject : forced || computed('hint.example', subject);
    const hinted = await browser.begin(requestOf(client, { idTokenHintClaims: { sub } }), client, after(5));
    const read = await room.logins.read(hinted, after(5));
    expect(read.kind === 'open' && read.document.skip).toBe(true);
    const back = await apps.acceptLogin(hinted, after(6), { subject });
    expect(await browser.toConsent(back, client, after(7))).toMatch(/^[\w-]{43}$/);
  });
});
