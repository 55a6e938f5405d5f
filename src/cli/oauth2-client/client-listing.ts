import { CommandFailed } from '../command-failed.js';
import type { Listing } from '../output/format.js';

export interface Client {
  client_id: string;
  client_secret?: string;
  grant_types?: string[] | null;
  response_types?: string[] | null;
  scope?: string;
  audience?: string[] | null;
  redirect_uris?: string[] | null;
  client_id_metadata_document?: { host?: string };
}

const COLUMNS = ['CLIENT ID', 'CLIENT SECRET', 'GRANT TYPES', 'RESPONSE TYPES', 'SCOPE', 'AUDIENCE', 'REDIRECT URIS'];

/** @throws CommandFailed where the response is not a client */
export function clientIn(body: unknown): Client {
  if (typeof (body as Client | null | undefined)?.client_id === 'string') return body as Client;
  throw new CommandFailed('The answer holds no client: is this the address of the admin API?');
}

/** Adds the given secret where the server does not return it, as for public clients. */
export function withSecret(client: Client, given: string | undefined): Client {
  return { ...client, ...(given && { client_secret: client.client_secret ?? given }) };
}

export function clientRow(client: Client): Listing {
  return { ...table([client]), value: client, single: true };
}

export function clientRows(clients: readonly Client[]): Listing {
  return { ...table(clients), value: clients };
}

/** The host of the document has a column where a client has one: nobody registered that client, so it tells who it is. */
function table(clients: readonly Client[]): Pick<Listing, 'columns' | 'rows'> {
  if (!clients.some(hostOf)) return { columns: COLUMNS, rows: clients.map(cells) };
  return { columns: [...COLUMNS, 'DOCUMENT HOST'], rows: clients.map((client) => [...cells(client), hostOf(client)]) };
}

const hostOf = (client: Client): string => client.client_id_metadata_document?.host ?? '';

/** Prints one client as itself, several as a list. */
export function clientListing(clients: readonly Client[]): Listing {
  const [first, ...others] = clients;
  return first && others.length === 0 ? clientRow(first) : clientRows(clients);
}

function cells(client: Client): string[] {
  return [
    client.client_id,
    client.client_secret ?? '',
    (client.grant_types ?? []).join(', '),
    (client.response_types ?? []).join(', '),
    client.scope ?? '',
    (client.audience ?? []).join(','),
    (client.redirect_uris ?? []).join(', '),
  ];
}
