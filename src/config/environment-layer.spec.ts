import { describe, expect, it } from 'vitest';
import { environmentLayer, variableOf } from './environment-layer.js';
import { faultLine } from './fault.js';
import { keysBelow, schemaTree } from './schema-node.js';

const values = (env: Record<string, string>): unknown => environmentLayer(env).values;
const faults = (env: Record<string, string>): string[] => environmentLayer(env).faults.map(faultLine);

describe('the environment', () => {
  it('names the variable of each key by its path in capitals', () => {
    expect(
      values({
        DSN: 'postgres://x/y',
        DATA_DIR: '/data',
        REDIS_URL: 'redis://r',
        LOG_LEVEL: 'debug',
        SERVE_PUBLIC_PORT: '4000',
        URLS_SELF_ISSUER: 'https://id.example',
        URLS_IDENTITY_PROVIDER_PUBLICURL: 'https://kratos.example',
        LOG_LEAK_SENSITIVE_VALUES: 'true',
        SERVE_SHUTDOWN_TIMEOUT: '5s',
      }),
    ).toEqual({
      dsn: 'postgres://x/y',
      data_dir: '/data',
      redis: { url: 'redis://r' },
      log: { level: 'debug', leak_sensitive_values: true },
      serve: { public: { port: 4000 }, shutdown: { timeout: '5s' } },
      urls: { self: { issuer: 'https://id.example' }, identity_provider: { publicUrl: 'https://kratos.example' } },
    });
  });

  it('has one variable for each key and one key for each variable', () => {
    const names = [...keysBelow(schemaTree())].map(({ path }) => variableOf(path));
    expect(names.length).toBe(new Set(names).size);
  });

  it.each(['REDIS_PORT', 'REDIS_HOST', 'REDIS_SERVICE_HOST', 'REDIS_PORT_6379_TCP', 'REDIS_CLUSTER_PORT'])(
    'ignores %s, which Kubernetes sets for a service',
    (name) => {
      expect(environmentLayer({ [name]: 'tcp://10.0.0.1:6379' })).toMatchObject({ values: {}, faults: [] });
    },
  );

  it('ignores VERSION, empty variables, and variables without a key', () => {
    expect(values({ PATH: '/bin', OSTIARY: 'x', VERSION: '12', URLS_LOGIN: '', SERVE_PUBLIC_PORT: '' })).toEqual({});
  });

  it('keeps an empty DSN, which must not start the embedded database', () => {
    expect(values({ DSN: '' })).toEqual({ dsn: '' });
  });

  it('reads the items of a list by index, in any order', () => {
    const env = { SECRETS_SYSTEM_1: 'second', SECRETS_SYSTEM_0: 'first' };
    expect(values(env)).toEqual({ secrets: { system: ['first', 'second'] } });
  });

  it('lets a variable with an index replace an item of the list', () => {
    expect(values({ SECRETS_SYSTEM: 'a,b', SECRETS_SYSTEM_1: 'c' })).toEqual({ secrets: { system: ['a', 'c'] } });
  });

  it('lets the variable of a key replace its value in a group given as JSON', () => {
    const env = { SERVE_PUBLIC_CORS: '{"enabled":false,"max_age":5}', SERVE_PUBLIC_CORS_ENABLED: 'true' };
    expect(values(env)).toEqual({ serve: { public: { cors: { enabled: true, max_age: 5 } } } });
  });

  it('refuses a gap in the indexes of a list', () => {
    expect(faults({ SECRETS_SYSTEM_1: 'second' })).toEqual([
      'variable SECRETS_SYSTEM_1: secrets.system[1]: expected SECRETS_SYSTEM_0 as well, for items are counted from 0',
    ]);
  });

  it('refuses a value of the wrong type, and shows the value', () => {
    expect(faults({ SERVE_PUBLIC_PORT: 'http' })).toEqual([
      'variable SERVE_PUBLIC_PORT: serve.public.port: expected a whole number, got "http"',
    ]);
  });

  it('does not show a malformed list of secrets', () => {
    expect(faults({ SECRETS_SYSTEM: '["a-secret-of-someone"' }).join()).not.toContain('a-secret');
  });

  it('refuses a variable together with its _FILE variable', () => {
    expect(faults({ DSN: 'postgres://x/y', DSN_FILE: '/run/secrets/dsn' })).toEqual([
      'variable DSN_FILE: dsn: expected only one of DSN and DSN_FILE',
    ]);
  });

  it('reports the variable that a value came from', () => {
    const layer = environmentLayer({
      SECRETS_SYSTEM: 'a,b',
      SERVE_PUBLIC_CORS: '{"max_age":-1}',
      SECRETS_COOKIE_0: 'c',
    });
    expect(layer.locate(['secrets', 'system', 1])).toBe('variable SECRETS_SYSTEM');
    expect(layer.locate(['secrets', 'cookie', 0])).toBe('variable SECRETS_COOKIE_0');
    expect(layer.locate(['serve', 'public', 'cors', 'max_age'])).toBe('variable SERVE_PUBLIC_CORS');
  });
});
