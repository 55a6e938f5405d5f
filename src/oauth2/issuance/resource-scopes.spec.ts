import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizedAccess } from './authorized-access.js';
import { EMPTY_SESSION } from './grant-session.js';
import { limitScope, scopeLimits, scopeOfToken } from './resource-scopes.js';

const ORDERS = 'https://orders.example';
const BILLS = 'https://bills.example';
const PLAIN = 'https://plain.example';
const server = (enabled = true): Configuration =>
  ({
    oauth2: {
      resource_indicators: { enabled },
      protected_resources: [
        { resource: ORDERS, scopes_supported: ['read', 'write'], any_client: false },
        { resource: BILLS, scopes_supported: [] },
        { resource: PLAIN },
      ],
    },
  }) as unknown as Configuration;
const access = (audience: string[]): AuthorizedAccess => ({
  ...{ subject: 'alice', scope: ['openid', 'write', 'admin', 'read'], audience, session: EMPTY_SESSION },
});

describe('the scope of a token', () => {
  it.each([
    [[ORDERS], ['write', 'read']],
    [
      [ORDERS, ORDERS, PLAIN, 'else'],
      ['write', 'read'],
    ],
    [[BILLS], []],
  ])('for %j has only the scopes that the resource knows, in their order', (audience, scope) => {
    const wide = access(audience);
    expect(limitScope(wide, server())).toEqual({ ...wide, scope, unlimitedScope: wide.scope });
  });

  it.each([[[]], [[PLAIN]], [[ORDERS, BILLS]], [[`${ORDERS}/`]]])('for %j is not limited', (audience) => {
    expect(limitScope(access(audience), server())).toEqual(access(audience));
  });

  it('is not limited while resource indicators are off, or where no resource has a list', () => {
    expect(limitScope(access([ORDERS]), server(false))).toEqual(access([ORDERS]));
    const { oauth2 } = server();
    const unlisted = { oauth2: { ...oauth2, protected_resources: [{ resource: PLAIN }] } };
    expect(scopeLimits(unlisted as Configuration)).toBeUndefined();
  });

  it('is that of its row, else what was asked for', () => {
    expect(scopeOfToken(['a', 'b'], { token_scope: ['a'] })).toEqual({ scope: ['a'], unlimitedScope: ['a', 'b'] });
    expect(scopeOfToken(['a', 'b'], { token_scope: null })).toEqual({ scope: ['a', 'b'] });
  });
});
