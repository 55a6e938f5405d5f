import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/config/configuration-error.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { Folder } from './folder.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const PRODUCTION = `dsn: postgres://ostiary@db.example/ostiary
secrets:
  system: [a-system-secret-of-a-test]
urls:
  self:
    issuer: https://id.example.com/
`;
const production = folder.write('production.yml', PRODUCTION);

const load = (files: string[], env: Record<string, string> = {}): ReturnType<typeof loadConfiguration> =>
  loadConfiguration({ files, env });

function faultsOf(files: string[], env: Record<string, string> = {}): string[] {
  try {
    load(files, env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message
      .replaceAll(`${folder.path}/`, '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('files', () => {
  it('in all three formats have the same meaning', () => {
    const rest = 'ttl:\n  access_token: 2h\nserve:\n  cookies:\n    names:\n      session: s\n';
    const yaml = folder.write('same.yaml', PRODUCTION + rest);
    const json = folder.write(
      'same.json',
      JSON.stringify({
        dsn: 'postgres://ostiary@db.example/ostiary',
        secrets: { system: ['a-system-secret-of-a-test'] },
        urls: { self: { issuer: 'https://id.example.com/' } },
        ttl: { access_token: '2h' },
        serve: { cookies: { names: { session: 's' } } },
      }),
    );
    const toml = folder.write(
      'same.toml',
      `dsn = "postgres://ostiary@db.example/ostiary"
[secrets]
system = ["a-system-secret-of-a-test"]
[urls.self]
issuer = "https://id.example.com/"
[ttl]
access_token = "2h"
[serve.cookies]
names = { session = "s" }
`,
    );
    const read = load([yaml]);
    expect(read).toMatchObject({ ttl: { access_token: 7200 }, serve: { cookies: { names: { session: 's' } } } });
    expect(load([json])).toEqual(read);
    expect(load([toml])).toEqual(read);
  });

  it('are merged in order: groups key by key, lists as a whole, and the environment wins', () => {
    const second = folder.write(
      'second.yml',
      'ttl: { access_token: 2h, id_token: 3h }\nsecrets: { system: [another-secret-of-a-test] }',
    );
    const third = folder.write('third.toml', '[ttl]\nid_token = "4h"\nauth_code = "5m"');
    const { ttl, secrets, urls } = load([production, second, third], { TTL_AUTH_CODE: '7m' });
    expect(ttl).toMatchObject({ access_token: 7200, id_token: 14_400, auth_code: 420 });
    expect(secrets.system).toEqual(['another-secret-of-a-test']);
    expect(urls.self.issuer).toBe('https://id.example.com/');
  });

  it('may begin with a byte order mark', () => {
    expect(load([production, folder.write('bom.yml', '\uFEFFdev: true\n')]).dev).toBe(true);
  });

  it('report all their faults together, each with its place', () => {
    const yaml = folder.write('faulty.yml', 'ttl:\n  access_token: soon\n  acess_token: 1h\nissuer: https://x\n');
    const toml = folder.write('faulty.toml', '[log]\nlevel = "loud"\n');
    expect(faultsOf([production, yaml, toml], { SERVE_PUBLIC_PORT: '99999' })).toEqual([
      'faulty.yml:4:1: issuer: unknown key, did you mean urls.self.issuer?',
      'faulty.toml:2:1: log.level: expected one of panic, fatal, error, warn, info, debug, trace, got "loud"',
      'variable SERVE_PUBLIC_PORT: serve.public.port: expected a number from 1 to 65535, got 99999',
      'faulty.yml:3:3: ttl.acess_token: unknown key, did you mean ttl.access_token?',
      'faulty.yml:2:3: ttl.access_token: expected a duration such as 30s, 10m or 1h30m, got "soon"',
    ]);
  });

  it('report the place of the effective value', () => {
    const wrong = folder.write('wrong.yml', 'ttl:\n  id_token: soon\n');
    const right = folder.write('right.yml', 'ttl:\n  id_token: 1h\n');
    expect(faultsOf([production, wrong, right])).toEqual([]);
    expect(faultsOf([production, right, wrong])).toEqual([expect.stringMatching(/^wrong\.yml:2:3: /)]);
    expect(faultsOf([production, wrong], { TTL_ID_TOKEN: 'later' })).toEqual([
      expect.stringMatching(/^variable TTL_ID_TOKEN: /),
    ]);
  });

  it.each([
    ['absent.yml', undefined, 'absent.yml: the file cannot be read: there is no such file'],
    ['half.yml', 'ttl:\n  access_token: "1h\n', 'half.yml:3:1: the file cannot be read: Missing closing "quote'],
    ['half.json', '{"ttl": {"access_token": "1h"', 'half.json:1:30: the file cannot be read: '],
    ['binary.yml', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'binary.yml: the file cannot be read: it is not UTF-8 text'],
    ['other.ini', 'a=1', 'other.ini: expected a file that ends in .yaml, .yml, .json, .toml'],
  ])('that cannot be read stop the start: %s', (name, text, message) => {
    const file = text === undefined ? `${folder.path}/${name}` : folder.write(name, text);
    expect(faultsOf([production, file])).toEqual([expect.stringContaining(message)]);
  });

  it('must not be directories', () => {
    expect(faultsOf([folder.path.concat('/sub.yml')])).toEqual([expect.stringContaining('no such file')]);
  });
});

describe('secrets from files', () => {
  it('are the content of the file without the line end', () => {
    const env = {
      DSN_FILE: folder.write('dsn', 'postgres://u:p@db.example/d\n'),
      REDIS_URL_FILE: folder.write('redis', 'redis://:p@r.example\n'),
      SECRETS_SYSTEM_FILE: folder.write('system', 'the-first-system-secret\nthe-second-system-secret\n'),
      SECRETS_COOKIE_FILE: folder.write('cookie', 'a-secret-for-cookies'),
      URLS_SELF_ISSUER: 'https://id.example',
    };
    const system = ['the-first-system-secret', 'the-second-system-secret'];
    expect(load([], env)).toMatchObject({
      dsn: 'postgres://u:p@db.example/d',
      redis: { url: 'redis://:p@r.example' },
      secrets: { system, cookie: ['a-secret-for-cookies', ...system] },
    });
  });

  it('that do not exist are a fault', () => {
    expect(faultsOf([production], { SECRETS_COOKIE_FILE: '/no/such/file' })).toEqual([
      'variable SECRETS_COOKIE_FILE: secrets.cookie: expected a file with the value, but there is no such file',
    ]);
  });

  it('are allowed for secrets only', () => {
    const file = folder.write('level', 'loud');
    expect(faultsOf([production], { LOG_LEVEL_FILE: file })).toEqual([]);
  });
});
