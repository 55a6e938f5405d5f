import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../protocol/json.js';
import { clientDocument } from './client.mapper.js';
import { entityOf } from './client-row.js';
import type { ClientRow, DocumentRow } from './client.statements.js';
import { DocumentTexts } from './document-texts.js';
import { RegisteredClient } from './registered-client.js';

const row = (over: Partial<DocumentRow> = {}): DocumentRow => ({
  client_id: 'c',
  name: 'a "name"',
  owner: 'o',
  metadata: '{"contacts": ["c"], "metadata": {"big": 90071992547409931234567890}, "request_uris": []}',
  document_fetched_at: null,
  created_at: new Date('2030-01-01T00:00:00Z'),
  updated_at: new Date('2030-01-01T00:00:00.120Z'),
  ...over,
});

describe('the text of a client document', () => {
  it('equals the document, the first time and from the cache', () => {
    const texts = new DocumentTexts();
    const document = stringifyJson(clientDocument(new RegisteredClient(entityOf(row() as ClientRow))));
    for (let time = 0; time < 2; time++) expect(parseJson(texts.of(row()))).toEqual(parseJson(document));
  });

  it('has the columns of each client, where the metadata of several are the same', () => {
    const texts = new DocumentTexts();
    texts.of(row());
    const other = { client_id: 'd', name: 'n', owner: 'p', updated_at: new Date('2031-01-01T00:00:00Z') };
    expect(parseJson(texts.of(row(other)))).toMatchObject({
      client_id: 'd',
      client_name: 'n',
      owner: 'p',
      updated_at: '2031-01-01T00:00:00Z',
    });
  });

  it('shows changed metadata at once', () => {
    const texts = new DocumentTexts();
    texts.of(row());
    expect(parseJson(texts.of(row({ metadata: '{"contacts": ["changed"]}' })))).toMatchObject({
      contacts: ['changed'],
    });
  });

  it('is right after any eviction from the cache', () => {
    for (const room of [0, 2_000, 4_000]) {
      const texts = new DocumentTexts(room);
      for (const name of ['a', 'b', 'c', 'a', 'b', 'c']) {
        const metadata = `{"scope": "${name}"}`;
        expect(parseJson(texts.of(row({ metadata })))).toMatchObject({ scope: name });
      }
    }
  });
});
