import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClientMetadata } from '../../clients/client-metadata.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { pairwiseIdentifier } from './pairwise-identifier.js';

const SALT = 'a-salt-of-the-test';
const client = (redirect_uris: string[], sector_identifier_uri?: string): ClientMetadata =>
  ({ redirect_uris, sector_identifier_uri }) as ClientMetadata;
const hashed = (sector: string): string => createHash('sha256').update(`${sector}alice${SALT}`).digest('hex');

describe('pairwiseIdentifier', () => {
  it.each([
    ['https://one.example/cb', 'one.example'],
    ['https://one.example:8443/cb?x=1', 'one.example:8443'],
    ['https://one.example:443', 'one.example:443'],
    ['https://user:secret@One.example/cb', 'One.example'],
    ['http://[::1]:4300/cb', '[::1]:4300'],
    ['com.example.app:/oauth', ''],
  ])('takes the sector of %s from its only redirect URI', (uri, sector) => {
    expect(pairwiseIdentifier(client([uri]), 'alice', SALT)).toBe(hashed(sector));
  });

  it('takes the whole sector identifier URI where there is one', () => {
    const sector = 'https://sector.example/uris.json';
    const uris = ['https://one.example/cb', 'https://two.example/cb'];
    expect(pairwiseIdentifier(client(uris, sector), 'alice', SALT)).toBe(hashed(sector));
  });

  it.each([[[]], [['https://one.example/cb', 'https://two.example/cb']]])(
    'is refused without a sector and one redirect URI: %j',
    (uris: string[]) => {
      expect(() => pairwiseIdentifier(client(uris), 'alice', SALT)).toThrow(OAuthError);
    },
  );
});
