import { Injectable } from '@nestjs/common';
import type { Exchange, Reply } from '../../http/exchange.js';
import { JsonBodies } from '../../http/json-bodies.js';
import { Pagination } from '../../http/pagination.js';
import { jsonReply, jsonTextReply } from '../../http/replies.js';
import { badRequest } from '../../protocol/oauth-error.js';
import { ClientStore } from '../client-store.js';
import { unknownClient } from '../client-writer.js';
import { DocumentTexts } from '../document-texts.js';
import { ClientAdministration } from './client-administration.service.js';

/** Page tokens of this list open no other. */
const SCOPE = 'clients';

/** What operators ask for often. Reading goes from rows to the text of the answer, without documents in between. */
@Injectable()
export class ClientsEndpoint {
  private readonly texts = new DocumentTexts();

  constructor(
    private readonly store: ClientStore,
    private readonly pagination: Pagination,
    private readonly administration: ClientAdministration,
    private readonly bodies: JsonBodies,
  ) {}

  /** GET /admin/clients/{id}. @throws OAuthError 404 */
  async get(clientId: string): Promise<Reply> {
    const row = await this.store.findDocument(clientId);
    if (!row) throw unknownClient();
    return jsonTextReply(200, this.texts.of(row));
  }

  /** GET /admin/clients: one page in the order of the ids. @throws OAuthError 400 for a bad size or token */
  async list(exchange: Exchange): Promise<Reply> {
    const query = exchange.query();
    const { size, after = '' } = this.pagination.parse(exchange, SCOPE);
    const filter = { name: query.first('client_name'), owner: query.first('owner') };
    const found = await this.store.listDocuments(filter, after, size + 1); // one more tells whether there is a next page
    const rows = found.slice(0, size);
    const next = found.length > size ? rows.at(-1)?.client_id : undefined;
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size, next });
    return jsonTextReply(200, `[${rows.map((row) => this.texts.of(row)).join(',')}]`, { link });
  }

  /** POST /admin/clients. @throws OAuthError 400, 409, 413 */
  async create(exchange: Exchange): Promise<Reply> {
    const body = await this.bodies.readAsSent(exchange, badRequest);
    const client = await this.administration.create(body, new Date());
    const location = `/admin/clients/${encodeURIComponent(client.client_id ?? '')}`;
    return jsonReply(201, client, { location });
  }

  /** PUT /admin/clients/{id}. @throws OAuthError 400, 404, 413 */
  async replace(clientId: string, exchange: Exchange): Promise<Reply> {
    const body = await this.bodies.readAsSent(exchange, badRequest);
    return jsonReply(200, await this.administration.replace(clientId, body, new Date()));
  }
}
