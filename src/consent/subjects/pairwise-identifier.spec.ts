import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClientMetadata } from '../../clients/client-metadata.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { pairwiseIdentifier } from './pairwise-identifier.js';

const SALT = 'a-salt-of-the-test';
const client = (redirect_uris: string[]) => ({ clientId: 'c', metadata: { redirect_uris } as ClientMetadata });
const hashed = (sector: string): string => createHash('sha256').update(`${sector}alice${SALT}`).digest('hex');

describe('pairwiseIdentifier', () => {
  it("equals Hydra's for a client with one web address", () => {
    expect(pairwiseIdentifier(client(['https://one.example:8443/cb']), 'alice', SALT)).toBe(hashed('one.example:8443'));
  });

  it('of an app differs from that of a web site on the same host', () => {
    expect(pairwiseIdentifier(client(['evilapp://one.example/cb']), 'alice', SALT)).not.toBe(hashed('one.example'));
  });

  it('is refused if the redirect URIs are on several hosts', () => {
    const several = client(['https://one.example/cb', 'https://two.example/cb']);
    expect(() => pairwiseIdentifier(several, 'alice', SALT)).toThrow(OAuthError);
  });
});
