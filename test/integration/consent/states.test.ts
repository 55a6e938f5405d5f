import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { Handles } from '../../../src/consent/flow/handles.js';
import { Flows } from '../../../src/flow-store/flows.js';
import { OAuthError } from '../../../src/protocol/oauth-error.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, exchangeAt, requestOf, Room, START } from './room.js';
import { overBothStores } from '../../support/stores.js';

/** A flow and its four handles, including those that have not been sent yet. */
interface Held {
  browser: Browser;
  client: RegisteredClient;
  loginChallenge: string;
  consentChallenge: string;
  loginVerifier: string;
  consentVerifier: string;
}

const STATES = {
  'login asked': async () => {},
  'login accepted': async (h: Held, apps: Apps) => {
    await apps.acceptLogin(h.loginChallenge, after(1));
  },
  'login rejected': async (h: Held, apps: Apps) => {
    await apps.rejectLogin(h.loginChallenge, after(1));
  },
  'consent asked': async (h: Held, apps: Apps) => {
    await apps.acceptLogin(h.loginChallenge, after(1));
    await h.browser.toConsent(h.loginVerifier, h.client, after(2));
  },
  'consent accepted': async (h: Held, apps: Apps) => {
    await STATES['consent asked'](h, apps);
    await apps.acceptConsent(h.consentChallenge, after(3));
  },
  'consent rejected': async (h: Held, apps: Apps) => {
    await STATES['consent asked'](h, apps);
    await apps.rejectConsent(h.consentChallenge, after(3));
  },
  'ended with a grant': async (h: Held, apps: Apps) => {
    await STATES['consent accepted'](h, apps);
    await h.browser.toGrant(h.consentVerifier, h.client, after(4));
  },
  'ended with a rejected login': async (h: Held, apps: Apps) => {
    await STATES['login rejected'](h, apps);
    await expect(h.browser.bring(h.loginVerifier, h.client, after(4))).rejects.toThrow(OAuthError);
  },
  'ended with a rejected consent': async (h: Held, apps: Apps) => {
    await STATES['consent rejected'](h, apps);
    await expect(h.browser.bring(h.consentVerifier, h.client, after(4))).rejects.toThrow(OAuthError);
  },
};
type State = keyof typeof STATES;

const ACTIONS = [
  'read login',
  'accept login',
  'reject login',
  'bring login',
  'read consent',
  'accept consent',
  'reject consent',
  'bring consent',
] as const;
type Action = (typeof ACTIONS)[number];

/** The expected result of each action in each state, in the order of ACTIONS. */
const EXPECTED: Record<State, string[]> = {
  'login asked': ['open', 'answered', 'answered', 'access_denied', '404', '404', '404', 'access_denied'],
  'login accepted': ['open', 'answered', 'answered', 'to consent', '404', '404', '404', 'access_denied'],
  'login rejected': ['open', 'answered', 'answered', 'login_said_no', '404', '404', '404', 'access_denied'],
  'consent asked': ['open', 'gone', 'gone', 'to consent', 'open', 'answered', 'answered', 'access_denied'],
  'consent accepted': ['open', 'gone', 'gone', 'to consent', 'open', 'answered', 'answered', 'granted'],
  'consent rejected': ['open', 'gone', 'gone', 'to consent', 'open', 'answered', 'answered', 'consent_said_no'],
  'ended with a grant': ['gone', 'gone', 'gone', 'to consent', 'gone', 'gone', 'gone', 'granted'], // which counts once
  'ended with a rejected login': ['gone', 'gone', 'gone', 'login_said_no', 'gone', 'gone', 'gone', 'login_said_no'],
  'ended with a rejected consent': [
    ...['gone', 'gone', 'gone', 'consent_said_no', 'gone', 'gone', 'gone', 'consent_said_no'],
  ],
};

overBothStores('every state of a flow and every action', (redis) => {
  let database: TestDatabase;
  let room: Room;
  /** A second process over the same stores. */
  let replica: Room;
  let apps: Apps;
  let client: RegisteredClient;

  beforeAll(async () => {
    database = await freshDatabase();
    const configuration = configure(database.dsn, redis);
    [room, replica] = [await Room.open(configuration), await Room.open(configuration)];
    apps = new Apps(room);
    client = await room.client();
  });
  afterAll(async () => {
    await Promise.all([room.close(), replica.close()]);
    await database.drop();
  });

  const held = async (): Promise<Held> => {
    const browser = new Browser(room);
    const loginChallenge = await browser.begin(requestOf(client), client, START);
    const handles = room.get(Handles);
    const id = handles.read('login_challenge', loginChallenge) ?? '';
    const address = (name: string, value: string): string => `https://id.example/oauth2/auth?${name}=${value}`;
    return {
      browser,
      client,
      loginChallenge,
      consentChallenge: handles.make('consent_challenge', id),
      loginVerifier: address('login_verifier', handles.make('login_verifier', id)),
      consentVerifier: address('consent_verifier', handles.make('consent_verifier', id)),
    };
  };
  const inState = async (state: State): Promise<Held> => {
    const flow = await held();
    await STATES[state](flow, apps);
    return flow;
  };
  const visited = async (url: string, browser: Browser, at: Date): Promise<string> => {
    const interaction = await browser.bring(url, client, at);
    if (interaction.kind === 'granted') return 'granted';
    return interaction.location.includes('/consent') ? 'to consent' : 'to login';
  };
  const act = (action: Action, h: Held, at: Date, on: Room): Promise<string> => {
    const exchange = exchangeAt(at);
    const browser = new Browser(on);
    for (const [name, value] of h.browser.jar) browser.jar.set(name, value);
    const kind = async (answer: Promise<{ kind: string }>): Promise<string> => (await answer).kind;
    const acts: Record<Action, () => Promise<string>> = {
      'read login': () => kind(on.logins.read(h.loginChallenge, at)),
      'accept login': () => kind(on.logins.accept(h.loginChallenge, { subject: 'bob' }, exchange)),
      'reject login': () => kind(on.logins.reject(h.loginChallenge, {}, exchange)),
      'bring login': () => visited(h.loginVerifier, browser, at),
      'read consent': () => kind(on.consentRequests.read(h.consentChallenge, at)),
      'accept consent': () => kind(on.consentRequests.accept(h.consentChallenge, {}, exchange)),
      'reject consent': () => kind(on.consentRequests.reject(h.consentChallenge, {}, exchange)),
      'bring consent': () => visited(h.consentVerifier, browser, at),
    };
    return acts[action]();
  };
  const outcome = async (action: Action, h: Held, at: Date, on = room): Promise<string> => {
    try {
      return await act(action, h, at, on);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return error.status === 404 ? '404' : error.code;
    }
  };

  describe.each(Object.keys(STATES) as State[])('%s', (state) => {
    it.each(ACTIONS.map((action, i) => [action, EXPECTED[state][i]] as const))('%s: %s', async (action, expected) => {
      expect(await outcome(action, await inState(state), after(5))).toBe(expected);
    });
  });

  /** Data that an app only reads may be one second old: it decides nothing. */
  const DOING = ACTIONS.map((action, i) => [action, i] as const).filter(([action]) => !action.startsWith('read'));

  describe.each(Object.keys(STATES) as State[])('%s, on a replica that knew the flow before', (state) => {
    it.each(DOING)('%s', async (action, i) => {
      const flow = await held();
      await replica.logins.read(flow.loginChallenge, after(0));
      await STATES[state](flow, apps);
      expect(await outcome(action, flow, after(5), replica)).toBe(EXPECTED[state][i]);
    });
  });

  it.each(['login accepted', 'consent accepted'] as const)(
    'is unknown once the store has lost it: %s',
    async (state) => {
      const flow = await inState(state);
      const id = room.get(Handles).read('login_challenge', flow.loginChallenge) ?? '';
      await replica.get(Flows).remove('flow', id);
      const [step] = state.split(' ') as ['login' | 'consent'];
      expect(await outcome(`accept ${step}`, flow, after(5))).toBe('404');
      expect(await outcome(`read ${step}`, flow, after(5))).toBe('404');
    },
  );

  it.each(['login accepted', 'consent accepted', 'login rejected', 'consent rejected'] as const)(
    'ends with the time: %s',
    async (state) => {
      const flow = await inState(state);
      const [step] = state.split(' ') as ['login' | 'consent'];
      for (const action of ['read', 'accept', 'reject'] as const) {
        expect(await outcome(`${action} ${step}`, flow, after(1801))).toBe('gone');
      }
      expect(await outcome(`bring ${step}`, flow, after(1801))).toBe('request_unauthorized');
    },
  );

  it('refuses the challenge of a step that an expired flow did not reach', async () => {
    const flow = await inState('login accepted');
    expect(await outcome('read consent', flow, after(1801))).toBe('404');
  });

  it.each([
    ['has ended', 'ended with a grant', 5],
    ['has expired', 'consent asked', 1801],
  ] as const)('gives the address of the request to whoever comes to a flow that %s', async (_, state, seconds) => {
    const flow = await inState(state);
    const exchange = exchangeAt(after(seconds));
    const gone = { kind: 'gone', redirectTo: requestOf(client).requestUrl };
    const { logins, consentRequests } = room;
    expect(await logins.read(flow.loginChallenge, exchange.arrivedAt)).toEqual(gone);
    expect(await logins.accept(flow.loginChallenge, { subject: 'bob' }, exchange)).toEqual(gone);
    expect(await consentRequests.read(flow.consentChallenge, exchange.arrivedAt)).toEqual(gone);
    expect(await consentRequests.reject(flow.consentChallenge, {}, exchange)).toEqual(gone);
  });

  it('ignores an answer that is too late', async () => {
    const flow = await inState('consent accepted');
    await room.logins.accept(flow.loginChallenge, { subject: 'mallory' }, exchangeAt(after(5)));
    const { granted } = await flow.browser.toGrant(flow.consentVerifier, client, after(6));
    expect(granted.subject).toBe('alice');
  });
});
