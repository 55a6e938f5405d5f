/** A consent module whose clients have back-channel logout addresses, and the server at those addresses. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ClientMetadata } from '../../../src/clients/client-metadata.js';
import { ClientStore } from '../../../src/clients/client-store.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { LogoutDeliveries } from '../../../src/consent/back-channel/logout-deliveries.js';
import { LogoutDeliveryWorker } from '../../../src/consent/back-channel/logout-delivery-worker.js';
import { SessionEnd } from '../../../src/consent/sessions/session-end.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { after, Apps, Browser, configure, exchangeAt, requestOf, Room, START } from './room.js';

/** The time at which sessions end in these tests. */
export const END = after(100);
export const later = (seconds: number) => (): Date => new Date(END.getTime() + seconds * 1000);

export class BackChannelStage {
  private database: TestDatabase;
  receiver: Receiver;
  room: Room;
  apps: Apps;

  constructor() {
    beforeAll(async () => {
      this.database = await freshDatabase();
      this.receiver = await Receiver.open();
      this.room = await this.open();
      this.apps = new Apps(this.room);
    });
    beforeEach(async () => {
      this.receiver.clear();
      await this.room.database.query('truncate logout_delivery');
    });
    afterAll(async () => {
      await this.room.close();
      await this.receiver.close();
      await this.database.drop();
    });
  }

  /** Starts the worker of a further replica. */
  readonly open = (over: object = {}): Promise<Room> =>
    Room.open(
      configure(this.database.dsn, undefined, {
        oidc: {
          subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-the-test' } },
          back_channel_logout: { timeout: '1s', max_age: '24h' },
        },
        oauth2: { encryption: { enabled: true } },
        ...over,
      }),
    );

  readonly client = (over: Partial<ClientMetadata> = {}): Promise<RegisteredClient> =>
    this.room.client({ backchannel_logout_uri: `${this.receiver.url}/${randomUUID()}`, ...over });

  /** Logs in, in a browser that may have a session already, and consents. */
  readonly use = async (
    of: RegisteredClient,
    browser = new Browser(this.room),
    login: object = {},
  ): Promise<string> => {
    const challenge = await browser.begin(requestOf(of), of, START);
    const accepted = await this.apps.acceptLogin(challenge, START, { remember: true, ...login });
    const consent = await browser.toConsent(accepted, of, START);
    const { granted } = await browser.toGrant(await this.apps.acceptConsent(consent, START), of, START);
    await this.room.record(granted);
    return granted.loginSessionId;
  };

  /** Ends sessions as an administrator does. */
  readonly change = async ({ entity, clientId }: RegisteredClient, over: Partial<ClientMetadata>): Promise<void> => {
    const changed = Object.assign(structuredClone(entity), { metadata: { ...entity.metadata, ...over } });
    await this.room.get(ClientStore).update(changed, END);
    this.room.get(ClientsService).forget(clientId);
  };

  readonly end = (sid: string, at = this.room): Promise<unknown> => at.get(SessionEnd).end(sid, exchangeAt(END));

  readonly work = (clock = later(0), at = this.room): Promise<void> => at.get(LogoutDeliveryWorker).work(clock);

  /** The rows with the column names of the table. */
  readonly deliveries = async () =>
    (await this.room.get(LogoutDeliveries).list({}, { size: 500 })).rows.map(({ clientId, ...row }) => ({
      ...{ channel: row.channel, client_id: clientId, client_key: row.clientKey, state: row.state },
      ...{ login_session_id: row.loginSessionId, attempts: row.attempts, next_attempt_at: row.nextAttemptAt },
      ...{ finished_at: row.finishedAt, response_status: row.responseStatus, failure: row.failure },
    }));

  readonly states = async (): Promise<string[]> => (await this.deliveries()).map(({ state }) => state).sort();

  readonly tokens = (): string[] => this.receiver.requests.map(({ form }) => form.get('logout_token') ?? '');
}

export const pathOf = ({ metadata }: RegisteredClient): string =>
  new URL(metadata.backchannel_logout_uri ?? '').pathname;
