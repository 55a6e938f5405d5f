// Starts a server from its command line as an operator would: migrate, then serve with a configuration file.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { request } from 'node:http';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutualTls, withMutualTls } from './mutual-tls.mjs';

export const sleep = (ms) => new Promise((ok) => setTimeout(ok, ms));
export const freePort = () =>
  new Promise((ok) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => ok(port));
    });
  });

const configuration = ({ publicPort, adminPort }) => ({
  serve: {
    public: { host: '127.0.0.1', port: publicPort },
    admin: { host: '127.0.0.1', port: adminPort },
    cookies: { same_site_mode: 'Lax' },
  },
  log: { level: 'error' },
  urls: {
    self: { issuer: `http://127.0.0.1:${publicPort}` },
    login: 'http://127.0.0.1:3000/login',
    consent: 'http://127.0.0.1:3000/consent',
    logout: 'http://127.0.0.1:3000/logout',
    error: 'http://127.0.0.1:3000/error',
  },
  secrets: { system: ['a-system-secret-of-the-bench-run'], cookie: ['a-cookie-secret-of-the-bench-run'] },
  oidc: {
    subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-pairwise-salt-of-the-run' } },
  },
});

const answers = (port, path) =>
  new Promise((ok) => {
    const r = request({ host: '127.0.0.1', port, path, agent: false }, (res) => {
      res.resume();
      ok(res.statusCode === 200);
    });
    r.on('error', () => ok(false)).end();
  });

/** Spawns argv and waits until `path` returns 200; resolves with the child and the elapsed milliseconds. */
export async function launch(argv, { env = process.env, log, port, path }) {
  const out = openSync(log, 'a');
  const from = performance.now();
  const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', out, out] });
  closeSync(out);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  while (performance.now() - from < 60_000) {
    if (child.exitCode !== null || child.signalCode) break;
    if (await answers(port, path)) return { child, ms: performance.now() - from };
    await sleep(5);
  }
  child.kill('SIGKILL');
  throw new Error(`${argv.join(' ')} did not get ready: ${readFileSync(log, 'utf8').slice(-1500)}`);
}

export const stop = (child) =>
  new Promise((ok) => {
    if (child.exitCode !== null || child.signalCode) return ok();
    const late = setTimeout(() => child.kill('SIGKILL'), 8000);
    child
      .once('exit', () => {
        clearTimeout(late);
        ok();
      })
      .kill('SIGINT');
  });

export class Server {
  constructor({ name, bin, dsn, redis, db, settings }) {
    Object.assign(this, {
      name,
      db,
      settings,
      argv: bin.split(' '),
      dir: mkdtempSync(join(tmpdir(), `bench-${name}-`)),
    });
    this.env = { ...process.env, DSN: dsn, SQA_OPT_OUT: 'true', ...(redis ? { REDIS_URL: redis } : {}) };
  }
  migrate() {
    const m = spawnSync(this.argv[0], [...this.argv.slice(1), 'migrate', 'sql', 'up', '-e', '--yes'], {
      env: this.env,
      encoding: 'utf8',
    });
    if (m.status !== 0) throw new Error(`migrate failed: ${m.stdout}${m.stderr}`.slice(0, 2000));
  }
  /** Milliseconds from exec to ready. */
  async start() {
    this.publicPort ??= await freePort();
    this.adminPort ??= await freePort();
    const file = join(this.dir, 'config.yaml');
    const settings = { ...configuration(this), ...this.settings };
    if (settings.oauth2?.mtls) this.mtls ??= await mutualTls(await freePort());
    writeFileSync(file, JSON.stringify(this.mtls ? withMutualTls(settings, this.mtls) : settings)); // JSON is YAML
    const { child, ms } = await launch([...this.argv, 'serve', 'all', '--dev', '-c', file], {
      env: this.env,
      log: join(this.dir, 'server.log'),
      port: this.adminPort,
      path: '/health/ready',
    });
    this.child = child;
    return ms;
  }
  stop() {
    return stop(this.child);
  }
  get target() {
    const { publicPort, adminPort, mtls } = this;
    return { publicPort, adminPort, mtls, issuer: `http://127.0.0.1:${publicPort}` };
  }
}
