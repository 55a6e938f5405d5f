/** The consents of subjects to clients. Only this class and the issuing statement (recordConsentCtes) write the table. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ClientsService } from '../../clients/clients.service.js';
import { IdentityChanges } from '../../clients/metadata-documents/identity-changes.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { OpeningSecrets } from '../../database/sealed-column.js';
import { Statements } from '../../database/statements.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { isUuid, NIL_UUID } from '../../protocol/uuid.js';
import { ConsentEntity } from './consent.entity.js';
import { type ConsentDetails, EMPTY_DETAILS, openDetails } from './consent-details.js';
import {
  FIND_REMEMBERED_CONSENT,
  FORGET_REMEMBERED,
  type RememberedConsentRow,
  REVOKE_CONSENT,
  REVOKE_CONSENTS_FOR_CLIENT,
  REVOKE_CONSENTS_OF_SUBJECT,
} from './consent.statements.js';

interface ConsentFilter {
  subject: string;
  loginSessionId?: string;
  /** Id of the last consent of the previous page. */
  after?: string;
  size: number;
}

export interface ListedConsent {
  row: ConsentEntity;
  details: ConsentDetails;
  client: RegisteredClient;
}

/** The consents to revoke. */
export type ConsentSelection = { id: string } | { subject: string; clientId?: string };

/** A consent because of which a later consent request may be skipped. */
export interface RememberedConsent {
  /** uuid */
  id: string;
  scope: readonly string[];
  audience: readonly string[];
  /** RFC 9396 §7. Absent if they were not asked for. */
  authorizationDetails?: readonly AuthorizationDetail[];
}

/** The client whose consents count, and whether the request has authorization details, which the consent must cover. */
export interface RememberedFor {
  clientKey: string;
  withDetails: boolean;
}

@Injectable()
export class Consents {
  constructor(
    @InjectRepository(ConsentEntity) private readonly consents: Repository<ConsentEntity>,
    private readonly statements: Statements,
    private readonly clients: ClientsService,
    private readonly config: ConfigHolder,
    identityChanges: IdentityChanges,
  ) {
    identityChanges.follow((clientKey, transaction) => transaction.query(FORGET_REMEMBERED, [clientKey]));
  }

  /** The newest remembered consent of the subject for the client, unless it has expired. */
  async remembered(
    subject: string,
    { clientKey, withDetails }: RememberedFor,
    now: Date,
  ): Promise<RememberedConsent | undefined> {
    const values = [subject, clientKey, now, withDetails];
    const [row] = await this.statements.run<RememberedConsentRow & Record<string, unknown>>(
      FIND_REMEMBERED_CONSENT,
      values,
    );
    return row && rememberedConsentOf(row, this.config.current.secrets);
  }

  /** A page of the subject's consents, remembered or not, in the order of their ids; `next` if there are more. */
  async list(filter: ConsentFilter, now: Date): Promise<{ consents: ListedConsent[]; next?: string }> {
    const { loginSessionId, size } = filter;
    if (loginSessionId !== undefined && !isUuid(loginSessionId)) return { consents: [] };
    const rows = await this.page(filter, now);
    const page = rows.slice(0, size);
    const clients = await this.clientsOf(page);
    const consents = page.flatMap((row) => {
      const client = clients.get(row.clientKey);
      return client ? [{ row, details: this.open(row), client }] : []; // the client has just been deleted
    });
    return { consents, next: rows.length > size ? page.at(-1)?.id : undefined };
  }

  /**
   * Revokes consents with their grants and tokens, and the consents that were skipped because of them. Returns the number
   * of selected consents; 0 is no error.
   */
  async revoke(selection: ConsentSelection): Promise<number> {
    if ('id' in selection) return (await this.statements.run(REVOKE_CONSENT, [selection.id])).length;
    const { subject, clientId } = selection;
    const rows =
      clientId === undefined
        ? await this.statements.run(REVOKE_CONSENTS_OF_SUBJECT, [subject])
        : await this.statements.run(REVOKE_CONSENTS_FOR_CLIENT, [subject, clientId]);
    return rows.length;
  }

  /** One page with the ids of the clients, and one more row if there is a next page. */
  private page(
    { subject, loginSessionId, after = NIL_UUID, size }: ConsentFilter,
    now: Date,
  ): Promise<ConsentEntity[]> {
    const query = this.consents
      .createQueryBuilder('consent')
      .innerJoin('consent.client', 'client')
      .addSelect(['client.key', 'client.clientId'])
      .where('consent.subject = :subject and consent.id > :after and not consent.skip', { subject, after })
      .andWhere('(consent.expiresAt is null or consent.expiresAt > :now)', { now });
    if (loginSessionId !== undefined) query.andWhere({ loginSessionId });
    return query
      .orderBy('consent.id')
      .limit(size + 1)
      .getMany();
  }

  /** The clients of the rows, by key. */
  private async clientsOf(rows: ConsentEntity[]): Promise<Map<string, RegisteredClient>> {
    const ids = new Set(rows.map(({ client }) => client?.clientId ?? ''));
    const clients = await Promise.all([...ids].map((id) => this.clients.cached(id)));
    return new Map(clients.flatMap((client) => (client ? [[client.key, client] as const] : [])));
  }

  /** Details that cannot be decrypted are shown as empty: the consent can still be listed and revoked. */
  private open(row: ConsentEntity): ConsentDetails {
    return openDetails(row, this.config.current.secrets) ?? EMPTY_DETAILS;
  }
}

/** Details that cannot be decrypted cover nothing. */
export function rememberedConsentOf(row: RememberedConsentRow, secrets: OpeningSecrets): RememberedConsent {
  const {
    remembered_id: id,
    remembered_scope: scope,
    remembered_audience: audience,
    remembered_details: details,
  } = row;
  const opened = details && openDetails({ id, details }, secrets);
  return { id, scope, audience, authorizationDetails: opened?.grantedAuthorizationDetails };
}
