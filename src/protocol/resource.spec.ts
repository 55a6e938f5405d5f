import { describe, expect, it } from 'vitest';
import { refuseBadResources } from './resource.js';

describe('a resource (RFC 8707 §2)', () => {
  it.each([
    'https://api.example',
    'https://api.example/orders/?tenant=a%20b',
    'http://[2001:db8::1]:8080/x',
    'urn:example:orders',
    `https://api.example/${'a'.repeat(2_028)}`,
  ])('may be %s', (resource) => {
    expect(() => {
      refuseBadResources([resource]);
    }).not.toThrow();
  });

  it.each([
    ['relative', '/orders'],
    ['relative to a scheme', '//api.example/orders'],
    ['with a fragment', 'https://api.example/#orders'],
    ['with an empty fragment', 'https://api.example/#'],
    ['a name', 'orders'],
    ['a scheme alone', 'https:'],
    ['without a host', 'https://'],
    ['with a port that is none', 'https://api.example:port/'],
    ['with a space', 'https://api.example/a b'],
    ['with a control character', 'https://api.example/\u0000'],
    ['with a character that no URI has', 'https://api.example/ö'],
    ['with a broken escape', 'https://api.example/%zz'],
    ['of 2,049 characters', `https://api.example/${'a'.repeat(2_029)}`],
  ])('may not be %s', (_, resource) => {
    expect(() => {
      refuseBadResources(['https://api.example', resource]);
    }).toThrow(expect.objectContaining({ code: 'invalid_target' }));
  });

  it('may be sent 32 times', () => {
    const resources = Array.from({ length: 33 }, (_, index) => `https://api.example/${index}`);
    expect(() => {
      refuseBadResources(resources.slice(1));
    }).not.toThrow();
    expect(() => {
      refuseBadResources(resources);
    }).toThrow(expect.objectContaining({ code: 'invalid_target' }));
  });
});
