import { Injectable } from '@nestjs/common';
import type { Exchange } from '../../http/exchange.js';
import { Pagination } from '../../http/pagination.js';
import type { OAuth2ClientDto } from '../client.dto.js';
import { clientDocument } from '../client.mapper.js';
import { ClientStore } from '../client-store.js';
import { RegisteredClient } from '../registered-client.js';

/** Page tokens of this list open no other. */
const SCOPE = 'clients';

@Injectable()
export class ClientList {
  constructor(
    private readonly store: ClientStore,
    private readonly pagination: Pagination,
  ) {}

  /** One page in the order of the ids, and its `Link` header. @throws OAuthError 400 for a bad size or token */
  async page(exchange: Exchange): Promise<{ clients: OAuth2ClientDto[]; link: string }> {
    const query = exchange.query();
    const { size, after = '' } = this.pagination.parse(exchange, SCOPE);
    const filter = { name: query.first('client_name'), owner: query.first('owner') };
    const found = await this.store.list(filter, after, size + 1); // one more tells whether there is a next page
    const clients = found.slice(0, size).map((entity) => clientDocument(new RegisteredClient(entity)));
    const next = found.length > size ? clients.at(-1)?.client_id : undefined;
    const link = this.pagination.linkHeader({ scope: SCOPE, path: exchange.path, query, size, next });
    return { clients, link };
  }
}
