import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../config/configuration.js';
import { wellKnownPath } from './well-known-path.js';

const OIDC = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';
const JWKS = '/.well-known/jwks.json';
const at = (issuer: string, path: string): string =>
  wellKnownPath(path, { urls: { self: { issuer } } } as unknown as Configuration);

describe('the addresses of the well-known documents', () => {
  it.each([
    [OIDC, OIDC],
    [OAUTH, OAUTH],
    [`${OIDC}/id/eu`, OIDC],
    [`${OAUTH}/id/eu`, OAUTH],
    [`/id/eu${OIDC}`, OIDC],
    [`/id/eu${OAUTH}`, OAUTH],
    [`/id/eu${JWKS}`, JWKS],
  ])('of an issuer with a path: %s leads to %s', (path, document) => {
    expect(at('https://a.example/id/eu', path)).toBe(document);
    expect(at('https://a.example/id/eu/', path)).toBe(document);
  });

  it.each([
    `${OAUTH}/other`,
    `${OAUTH}/id`,
    `${OAUTH}/id/eu/more`,
    `${OAUTH}/ID/EU`,
    `${JWKS}/id/eu`,
    `/other${OIDC}`,
    `/id${OIDC}`,
    '/id/eu/oauth2/token',
    `/x/id/eu${OIDC}`,
  ])('of another issuer: %s leads nowhere', (path) => {
    expect(at('https://a.example/id/eu', path)).toBe(path);
  });

  it.each(['https://a.example', 'https://a.example/', 'no address'])(
    'of an issuer %s without one they stay',
    (issuer) => {
      for (const path of [OIDC, OAUTH, JWKS, `${OAUTH}/id`, `/id${OIDC}`, `/${OIDC}`])
        expect(at(issuer, path)).toBe(path);
    },
  );
});
