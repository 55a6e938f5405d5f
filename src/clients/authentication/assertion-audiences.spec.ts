import { expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { assertionAudiences } from './assertion-audiences.js';

const configuration = {
  urls: { self: { issuer: 'https://issuer.example/', public: 'https://public.example/base/' } },
  webfinger: { oidc_discovery: { token_url: 'https://token.example/t' } },
} as Configuration;

it('names this server by the token endpoint under each of its addresses, and by its issuer', () => {
  expect(assertionAudiences(configuration)).toEqual([
    'https://token.example/t',
    'https://public.example/base/oauth2/token',
    'https://issuer.example/oauth2/token',
    'https://issuer.example/',
  ]);
});

it('names the endpoint for pushed requests as well, but only there (RFC 9126 §2)', () => {
  const added = assertionAudiences(configuration, '/oauth2/par').filter(
    (url) => !assertionAudiences(configuration, '/oauth2/token').includes(url),
  );
  expect(added).toEqual(['https://public.example/base/oauth2/par', 'https://issuer.example/oauth2/par']);
});
