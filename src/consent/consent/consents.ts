/** What subjects granted to clients. The only writer of the table, but for the statement that issues (recordConsentCtes). */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { Statements } from '../../database/statements.js';
import { type ConsentDetails, EMPTY_DETAILS, openDetails } from '../consent-details.js';
import {
  type ConsentRow,
  FIND_REMEMBERED_CONSENT,
  LIST_CONSENTS,
  REVOKE_CONSENT,
  REVOKE_CONSENTS_FOR_CLIENT,
  REVOKE_CONSENTS_OF_SUBJECT,
} from '../consent.statements.js';
import { isUuid } from '../sessions/ids.js';

const BEGINNING = '00000000-0000-0000-0000-000000000000';

export interface ConsentFilter {
  subject: string;
  loginSessionId?: string;
  /** Id of the last consent of the page before. */
  after?: string;
  size: number;
}

export interface ListedConsent {
  row: ConsentRow;
  details: ConsentDetails;
  client: RegisteredClient;
}

/** Which consents are revoked. */
export type ConsentSelection = { id: string } | { subject: string; clientId?: string };

@Injectable()
export class Consents {
  constructor(
    private readonly statements: Statements,
    private readonly clients: ClientsService,
    private readonly config: ConfigHolder,
  ) {}

  /** What the newest remembered consent of the subject for the client granted; undefined where there is none. */
  async rememberedScope(subject: string, clientKey: string, now: Date): Promise<string[] | undefined> {
    const values = [subject, clientKey, now];
    const [row] = await this.statements.run<{ granted_scope: string[] }>(FIND_REMEMBERED_CONSENT, values);
    return row?.granted_scope;
  }

  /** A page of the subject's consents, remembered or not, in the order of their ids; `next` where there are more. */
  async list(filter: ConsentFilter, now: Date): Promise<{ consents: ListedConsent[]; next?: string }> {
    const { subject, loginSessionId, after = BEGINNING, size } = filter;
    if (loginSessionId !== undefined && !isUuid(loginSessionId)) return { consents: [] };
    const rows = await this.statements.run<ConsentRow>(LIST_CONSENTS, [
      ...[subject, after, now, size + 1, loginSessionId ?? null],
    ]);
    const page = rows.slice(0, size);
    const clients = await this.clientsOf(page);
    const consents = page.flatMap((row) => {
      const client = clients.get(row.client_id);
      return client ? [{ row, details: this.open(row), client }] : []; // it was deleted a moment ago
    });
    return { consents, next: rows.length > size ? page.at(-1)?.id : undefined };
  }

  /** Revokes consents and with them their grants and tokens. How many; none is no fault. */
  async revoke(selection: ConsentSelection): Promise<number> {
    if ('id' in selection) return (await this.statements.run(REVOKE_CONSENT, [selection.id])).length;
    const { subject, clientId } = selection;
    const rows =
      clientId === undefined
        ? await this.statements.run(REVOKE_CONSENTS_OF_SUBJECT, [subject])
        : await this.statements.run(REVOKE_CONSENTS_FOR_CLIENT, [subject, clientId]);
    return rows.length;
  }

  private async clientsOf(rows: ConsentRow[]): Promise<Map<string, RegisteredClient>> {
    const ids = [...new Set(rows.map((row) => row.client_id))];
    const clients = await Promise.all(ids.map((id) => this.clients.cached(id)));
    return new Map(clients.flatMap((client) => (client ? [[client.clientId, client] as const] : [])));
  }

  /** What a removed secret sealed shows as empty: the consent can still be seen and revoked. */
  private open(row: ConsentRow): ConsentDetails {
    return openDetails(row.details, this.config.current.secrets.system) ?? EMPTY_DETAILS;
  }
}
