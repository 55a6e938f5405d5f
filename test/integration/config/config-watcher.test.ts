import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import { ConfigWatcher, type Reload, type ReloadLog } from '../../../src/config/config-watcher.js';
import { takeSnapshot } from '../../../src/config/file-snapshot.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { Folder } from './folder.js';

const base = `dsn: postgres://ostiary@db.example/ostiary
secrets: { system: [a-system-secret-of-a-test] }
urls: { self: { issuer: https://id.example.com/ } }
`;

const silent: ReloadLog = { log: () => undefined, warn: () => undefined, error: () => undefined };

describe('a running server whose configuration file changes', () => {
  let folder: Folder;
  let watcher: ConfigWatcher | undefined;

  beforeEach(() => {
    folder = new Folder();
  });

  afterEach(() => {
    watcher?.close();
    folder.remove();
  });

  /** Starts like the server, which uses the dsn of its embedded database if none is configured. */
  function running(files: string[], env: Record<string, string> = {}, dsn?: string): ConfigHolder {
    const loaded = loadConfiguration({ files, env, generatedSecret: 'a-generated-secret' });
    const holder = new ConfigHolder(dsn === undefined ? loaded : { ...loaded, dsn });
    watcher = new ConfigWatcher(holder, { files, env }, silent).start();
    return holder;
  }

  async function afterChange(change: () => void): Promise<Reload> {
    if (!watcher) throw new Error('nothing is running');
    const reload = once(watcher, 'reload') as Promise<[Reload]>;
    change();
    return (await reload)[0];
  }

  it('applies new values when the file is written in place', async () => {
    const file = folder.write('c.yml', base);
    const holder = running([file]);
    const reload = await afterChange(() => folder.write('c.yml', `${base}ttl: { access_token: 5m }\n`));
    expect(reload).toEqual({ outcome: 'reloaded', kept: [] });
    expect(holder.current.ttl.access_token).toBe(300);
    expect(Object.isFrozen(holder.current.ttl)).toBe(true);
  });

  it('applies new values when the file is replaced by a rename repeatedly', async () => {
    const file = folder.write('c.yml', base);
    const holder = running([file]);
    for (const minutes of [5, 6, 7]) {
      const next = folder.write('c.yml.new', `${base}ttl: { access_token: ${String(minutes)}m }\n`);
      await afterChange(() => {
        renameSync(next, file);
      });
      expect(holder.current.ttl.access_token).toBe(minutes * 60);
    }
  });

  it('applies new values when Kubernetes swaps the link beside the file', async () => {
    const deploy = (version: string, text: string): void => {
      mkdirSync(join(folder.path, version));
      folder.write(join(version, 'c.yml'), text);
      symlinkSync(version, join(folder.path, '..data_tmp'));
      renameSync(join(folder.path, '..data_tmp'), join(folder.path, '..data'));
    };
    deploy('..1', base);
    symlinkSync('..data/c.yml', join(folder.path, 'c.yml'));
    const holder = running([join(folder.path, 'c.yml')]);
    for (const minutes of [5, 6]) {
      await afterChange(() => {
        deploy(`..${String(minutes)}`, `${base}ttl: { access_token: ${String(minutes)}m }\n`);
        rmSync(join(folder.path, minutes === 5 ? '..1' : '..5'), { recursive: true });
      });
      expect(holder.current.ttl.access_token).toBe(minutes * 60);
    }
  });

  it('applies the new secrets of a file that a variable names, also without a configuration file', async () => {
    const system = folder.write('system', 'a-first-system-secret');
    const env = {
      DSN: 'postgres://ostiary@db.example/ostiary',
      URLS_SELF_ISSUER: 'https://id.example.com/',
      SECRETS_SYSTEM_FILE: system,
    };
    const holder = running([], env);
    expect(holder.current.secrets.system).toEqual(['a-first-system-secret']);
    const reload = await afterChange(() => folder.write('system', '"a-second-system-secret","a-first-system-secret"'));
    expect(reload).toEqual({ outcome: 'reloaded', kept: [] });
    expect(holder.current.secrets.system).toEqual(['a-second-system-secret', 'a-first-system-secret']);
  });

  it('names a secret whose file changed and that only a restart applies', async () => {
    const file = folder.write('c.yml', base.replace(/^dsn.*$/m, ''));
    const dsn = folder.write('dsn', 'postgres://ostiary@db.example/ostiary');
    const holder = running([file], { DSN_FILE: dsn });
    const reload = await afterChange(() => folder.write('dsn', 'postgres://ostiary@other.example/ostiary'));
    expect(reload).toEqual({ outcome: 'reloaded', kept: ['dsn'] });
    expect(holder.current.dsn).toBe('postgres://ostiary@db.example/ostiary');
  });

  it('keeps a secret whose file was emptied', async () => {
    const system = folder.write('system', 'a-first-system-secret');
    const file = folder.write('c.yml', base.replace(/^secrets.*$/m, ''));
    const holder = running([file], { SECRETS_SYSTEM_FILE: system });
    const reload = await afterChange(() => folder.write('system', ''));
    expect(reload).toEqual({ outcome: 'refused', message: `${system} is empty` });
    expect(holder.current.secrets.system).toEqual(['a-first-system-secret']);
  });

  it('applies new values when the target of a linked file changes', async () => {
    const elsewhere = new Folder();
    try {
      const target = elsewhere.write('real.yml', base);
      symlinkSync(target, join(folder.path, 'c.yml'));
      const holder = running([join(folder.path, 'c.yml')]);
      await afterChange(() => elsewhere.write('real.yml', `${base}dev: false\nstrategies: { scope: exact }\n`));
      expect(holder.current.strategies.scope).toBe('exact');
    } finally {
      elsewhere.remove();
    }
  });

  it('keeps the old values when the file loses its database and its secrets, and generates no substitutes', async () => {
    const secrets = 'secrets: { system: [a-new-system-secret-1, an-old-system-secret], cookie: [a-secret-of-cookies] }';
    const issuer = 'urls: { self: { issuer: https://id.example.com/ } }';
    const file = folder.write('c.yml', `${issuer}\n${secrets}\ndsn: postgres://ostiary@db.example/ostiary\n`);
    const holder = running([file]);
    const before = holder.current;
    const reload = await afterChange(() => folder.write('c.yml', `${issuer}\n`));
    expect(reload).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('secrets.system') as string,
    });
    expect(holder.current).toBe(before);
  });

  it('keeps the old values when the new ones are not valid, and reports the reason', async () => {
    const file = folder.write('c.yml', `${base}ttl: { access_token: 5m }\n`);
    const holder = running([file]);
    const before = holder.current;
    const reload = await afterChange(() => folder.write('c.yml', `${base}ttl: { access_token: soon }\n`));
    expect(reload).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('c.yml:4:8: ttl.access_token') as string,
    });
    expect(holder.current).toBe(before);
  });

  it.each(['', 'ttl: { access_token: "5', 'ttl: [\n'])(
    'keeps the old values while the file is half-written: %j',
    async (half) => {
      const holder = running([folder.write('c.yml', base)], { TTL_ID_TOKEN: '2h' });
      const before = holder.current;
      expect(await afterChange(() => folder.write('c.yml', half))).toMatchObject({ outcome: 'refused' });
      expect(holder.current).toBe(before);
      await afterChange(() => folder.write('c.yml', `${base}ttl: { access_token: 5m }\n`));
      expect(holder.current.ttl).toMatchObject({ access_token: 300, id_token: 7200 });
    },
  );

  it('applies new values when the file changes during the start', async () => {
    const sources = { files: [folder.write('c.yml', base)], env: {} };
    const snapshot = takeSnapshot(sources);
    const holder = new ConfigHolder(loadConfiguration(sources));
    folder.write('c.yml', `${base}ttl: { access_token: 5m }\n`);
    watcher = new ConfigWatcher(holder, sources, silent, snapshot);
    expect(await afterChange(() => watcher?.start())).toEqual({ outcome: 'reloaded', kept: [] });
    expect(holder.current.ttl.access_token).toBe(300);
  });

  it('keeps the old values when the file is removed', async () => {
    const file = folder.write('c.yml', base);
    running([file]);
    const reload = await afterChange(() => {
      rmSync(file);
    });
    expect(reload).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('there is no such file') as string,
    });
  });

  it('keeps the values of keys that are read only at boot, and reports these keys', async () => {
    const holder = running([folder.write('c.yml', base)]);
    const changed = `${base.replace('db.example', 'other.example')}
dev: true
log: { level: debug }
redis: { url: "redis://r.example" }
serve:
  public: { port: 5000, cors: { enabled: true } }
  cookies: { domain: id.example.com }
`;
    const reload = await afterChange(() => folder.write('c.yml', changed));
    expect(reload).toEqual({ outcome: 'reloaded', kept: ['dsn', 'dev', 'redis', 'log', 'serve.public.port'] });
    expect(holder.current).toMatchObject({
      dsn: 'postgres://ostiary@db.example/ostiary',
      dev: false,
      log: { level: 'info' },
      serve: { public: { port: 4444, cors: { enabled: true } }, cookies: { domain: 'id.example.com' } },
      urls: { self: { admin: 'https://localhost:4445/' } },
    });
    expect(holder.current.redis.url).toBeUndefined();
  });

  it('keeps its embedded database and generated secret', async () => {
    const file = folder.write('c.yml', 'ttl: { access_token: 5m }\n');
    const holder = running([file], {}, 'postgres://postgres@localhost/ostiary?host=/run/x');
    expect(await afterChange(() => folder.write('c.yml', 'ttl: { access_token: 6m }\n'))).toEqual({
      outcome: 'reloaded',
      kept: [],
    });
    expect(holder.current).toMatchObject({
      dsn: 'postgres://postgres@localhost/ostiary?host=/run/x',
      dev: true,
      ttl: { access_token: 360 },
      secrets: { system: ['a-generated-secret'] },
    });
  });

  it('applies rotated secrets', async () => {
    const holder = running([folder.write('c.yml', base)]);
    const rotated = base.replace('[a-system', '[a-newer-system-secret, a-system');
    await afterChange(() => folder.write('c.yml', rotated));
    expect(holder.current.secrets).toMatchObject({
      system: ['a-newer-system-secret', 'a-system-secret-of-a-test'],
      cookie: ['a-newer-system-secret', 'a-system-secret-of-a-test'],
    });
  });
});
