import { expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { assertionAudiences } from './assertion-audiences.js';

it('names this server by the token endpoint under each of its addresses, and by its issuer', () => {
  const configuration = {
    urls: { self: { issuer: 'https://issuer.example/', public: 'https://public.example/base/' } },
    webfinger: { oidc_discovery: { token_url: 'https://token.example/t' } },
  } as Configuration;
  expect(assertionAudiences(configuration)).toEqual([
    'https://token.example/t',
    'https://public.example/base/oauth2/token',
    'https://issuer.example/oauth2/token',
    'https://issuer.example/',
  ]);
});
