import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { metadataOf, resourceAt } from './protected-resource-metadata.js';

const ROOT = '/.well-known/oauth-protected-resource';
const resources = [
  { resource: 'https://api.example/orders' },
  { resource: 'https://api.example' },
  { resource: 'https://api.example:8443/v1?tenant=a' },
  { resource: 'http://localhost:3000/' },
];

describe('the resource at an address (RFC 9728 §3.1)', () => {
  it.each([
    ['api.example', `${ROOT}/orders`, 'https://api.example/orders'],
    ['API.example:443', `${ROOT}/orders`, 'https://api.example/orders'],
    ['api.example', ROOT, 'https://api.example'],
    ['api.example:8443', `${ROOT}/v1?tenant=a`, 'https://api.example:8443/v1?tenant=a'],
    ['localhost:3000', ROOT, 'http://localhost:3000/'],
    ['other.example', `${ROOT}/orders`, undefined],
    ['api.example:80', `${ROOT}/orders`, undefined],
    ['api.example', `${ROOT}/orders/1`, undefined],
    ['api.example', `${ROOT}/order`, undefined],
    ['api.example:8443', `${ROOT}/v1`, undefined],
    ['api.example:8443', `${ROOT}/v1?tenant=b`, undefined],
    ['a b', `${ROOT}/orders`, undefined],
    [undefined, ROOT, undefined],
  ])('for %s%s is %s', (host, path, resource) => {
    expect(resourceAt(host, path, resources)?.resource).toBe(resource);
  });
});

it('names the issuer as the authorization server, and leaves out what is not configured', () => {
  const configuration = { urls: { self: { issuer: 'https://id.example' } } } as Configuration;
  const resource = {
    ...{ resource: 'https://api.example', resource_name: 'Orders', scopes_supported: ['read'] },
    any_client: true,
  };
  expect(metadataOf(resource, configuration)).toEqual({
    resource: 'https://api.example',
    resource_name: 'Orders',
    scopes_supported: ['read'],
    authorization_servers: ['https://id.example'],
    bearer_methods_supported: ['header'],
  });
});
