import { describe, expect, it } from 'vitest';
import { ignoredKeys } from './ignored-keys.js';
import { loadConfiguration } from './load-configuration.js';

const ignored = (env: Record<string, string>): string[] =>
  ignoredKeys(loadConfiguration({ files: [], env, generatedSecret: 'a-system-secret-of-a-test' })).map(
    ({ key }) => key,
  );

describe('keys without effect', () => {
  it.each([
    ['SQA_OPT_OUT', 'true', 'sqa'],
    ['PROFILING', 'cpu', 'profiling'],
    ['CGROUPS_V1_AUTO_MAX_PROCS_ENABLED', 'true', 'cgroups'],
    ['TRACING_PROVIDERS_ZIPKIN_SERVER_URL', 'http://zipkin.example', 'tracing.providers.zipkin'],
    ['SERVE_ADMIN_BASE_URL', 'https://admin.example', 'serve.admin.base_url'],
    ['SERVE_PUBLIC_CORS_DEBUG', 'true', 'serve.public.cors.debug'],
    ['DB_IGNORE_UNKNOWN_TABLE_COLUMNS', 'true', 'db.ignore_unknown_table_columns'],
    ['SERVE_PUBLIC_CORS', '{"max_aeg":5}', 'serve.public.cors.max_aeg'],
  ])('%s=%s is reported as %s', (name, text, key) => {
    expect(ignored({ [name]: text })).toEqual([key]);
  });

  it('are absent if none is given, or if its value matches the actual behaviour', () => {
    expect(ignored({})).toEqual([]);
    expect(ignored({ SQA_OPT_OUT: 'false' })).toEqual([]);
  });

  it('have a reason, and unknown keys have a suggestion', () => {
    const env = { SERVE_PUBLIC: '{"prot":1}', SQA_OPT_OUT: 'true' };
    const found = ignoredKeys(loadConfiguration({ files: [], env, generatedSecret: 'a-system-secret-of-a-test' }));
    expect(found).toEqual([
      { key: 'serve.public.prot', reason: 'unknown key, did you mean serve.public.port?' },
      { key: 'sqa', reason: 'no telemetry is sent' },
    ]);
  });
});
