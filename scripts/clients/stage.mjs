/** Servers with the example login and consent app: one for all programs, and one for each with settings of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loginConsentApp } from '../../examples/login-consent/app.mjs';
import { listen } from '../../examples/pages/listen.mjs';
import { freePort, migrate, startServer } from '../built-server.mjs';
import { FOLDER } from './programs.mjs';

export class Stages {
  #opened = new Map();

  /** @returns {Promise<Awaited<ReturnType<openStage>>>} the server for a program */
  of({ folder, configuration }) {
    const files = [join(FOLDER, 'ostiary.yml'), ...(configuration ? [join(folder, configuration)] : [])];
    const key = files.join();
    if (!this.#opened.has(key)) this.#opened.set(key, openStage(files));
    return this.#opened.get(key);
  }

  async close() {
    const stages = await Promise.allSettled(this.#opened.values());
    for (const { value } of stages) await value?.close();
  }
}

/**
 * @param {string[]} files of the configuration; the later ones win
 * @returns where it is (`issuer`, `admin`, `login`), and `close`, which removes everything
 */
async function openStage(files) {
  const scratch = await mkdtemp(join(tmpdir(), 'ostiary-clients-'));
  const database = process.env.TEST_DSN ? await newDatabase(process.env.TEST_DSN) : undefined;
  const opened = [database?.drop, () => rm(scratch, { recursive: true, force: true })];
  const close = async () => {
    while (opened.length > 0) await opened.pop()?.();
  };
  try {
    const login = `http://127.0.0.1:${await freePort()}`;
    const env = {
      ...urls(login),
      ...(database && { DSN: database.dsn, SECRETS_SYSTEM: randomBytes(32).toString('hex') }),
    };
    const server = await startServer(join(scratch, 'data'), { env, files });
    opened.push(server.stop);
    // A new server makes its keys at the first request for them, for which no client waits long.
    await fetch(`${server.issuer}/.well-known/jwks.json`);
    const app = await listen(loginConsentApp({ adminUrl: server.admin }), Number(new URL(login).port));
    opened.push(() => app.close() && app.closeAllConnections());
    return { issuer: server.issuer, admin: server.admin, login, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const urls = (login) => ({
  URLS_LOGIN: `${login}/login`,
  URLS_CONSENT: `${login}/consent`,
  URLS_LOGOUT: `${login}/logout`,
  URLS_ERROR: `${login}/error`,
  URLS_POST_LOGOUT_REDIRECT: `${login}/logged-out`,
});

/** @param pattern `postgres://…/{db}` of a PostgreSQL whose user may create databases */
async function newDatabase(pattern) {
  const name = `ostiary_clients_${randomBytes(6).toString('hex')}`;
  const ask = async (statement) => {
    const client = new pg.Client({ connectionString: pattern.replace('{db}', 'postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await ask(`create database ${name}`);
  const drop = () => ask(`drop database ${name} with (force)`);
  const dsn = pattern.replace('{db}', name);
  await migrate({ DSN: dsn });
  return { dsn, drop };
}
