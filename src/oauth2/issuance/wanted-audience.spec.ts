import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { requireLocations, wantedAudience } from './wanted-audience.js';

const server = (enabled: boolean) => ({ oauth2: { resource_indicators: { enabled } } }) as unknown as Configuration;

describe('the audiences that a request wants', () => {
  const sent = { audience: ['a', 'https://api.example'], resource: ['https://api.example', 'https://api.example/'] };

  it('are those of `audience` and of `resource` in one set, as sent', () => {
    expect(wantedAudience(sent, server(true))).toEqual({
      audience: ['a', 'https://api.example', 'https://api.example/'],
      resources: ['https://api.example', 'https://api.example/'],
    });
  });

  it('are those of `audience` alone while resource indicators are off, or without `resource`', () => {
    expect(wantedAudience(sent, server(false))).toEqual({ audience: sent.audience });
    expect(wantedAudience({ ...sent, resource: [] }, server(true))).toEqual({ audience: sent.audience });
  });
});

describe('locations of authorization details', () => {
  const resources = ['https://api.example/v1'];

  it.each([
    [[], true],
    [['https://api.example/v1'], true],
    [['https://api.example/v1/orders'], true],
    [['https://api.example/v10'], false],
    [['https://api.example/v1', 'https://other.example'], false],
  ])('%j: covered by the resources is %s', (locations, covered) => {
    const details: AuthorizationDetail[] = [{ type: 'order' }, { type: 'order', locations }];
    const ask = () => {
      requireLocations(details, { audience: resources, resources });
    };
    if (covered) expect(ask).not.toThrow();
    else expect(ask).toThrow(expect.objectContaining({ code: 'invalid_target' }));
  });

  it('may be any without `resource`', () => {
    expect(() => {
      requireLocations([{ type: 'order', locations: ['https://other.example'] }], { audience: resources });
    }).not.toThrow();
  });
});
