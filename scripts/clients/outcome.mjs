/** A program from its registration to its last line. */
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../built-server.mjs';
import { install, Unreachable } from './install.mjs';
import { Person, textOf } from './person.mjs';
import { findProgram, PATH, Process } from './processes.mjs';
import { register } from './registrations.mjs';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ostiary', 'clients');
const INSTALL_MINUTES = 6;
const MINUTE_MS = 60_000;

/** What each program checks, or says in `without` why not. */
const TOPICS = ['discovery', 'login', 'refresh', 'userinfo', 'logout'];

/** @returns {Promise<{ result: 'passed' | 'failed' | 'skipped', reason?: string }>} */
export async function outcomeOf(program, { stages, say, signal }) {
  const missing = program.needs.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return { result: 'skipped', reason: `not installed: ${missing.join(', ')}` };
  try {
    const stage = await stages.of(program);
    const env = await environment(program, stage);
    const fill = (text) => text.replace(/\$([A-Z_]+)/g, (whole, name) => env[name] ?? whole);
    await install(program, { env, fill, say, signal: within(INSTALL_MINUTES, signal) });
    const run = new Run({ program, stage, env, fill, say, signal: within(program.minutes, signal) });
    await run.toEnd();
    return { result: 'passed' };
  } catch (error) {
    return { result: error instanceof Unreachable ? 'skipped' : 'failed', reason: error.message };
  }
}

/** Aborts after that time, or with the other. Of `AbortSignal.any` over `AbortSignal.timeout` Node.js 20 may lose the timer. */
function within(minutes, signal) {
  const deadline = new globalThis.AbortController();
  const stop = () => deadline.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  setTimeout(stop, minutes * MINUTE_MS).unref();
  return deadline.signal;
}

async function environment({ name, registrations }, stage) {
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const cache = join(CACHE, name);
  await mkdir(cache, { recursive: true });
  return {
    ...process.env,
    ...{ PATH, CACHE: cache, CHROMIUM: findProgram('chromium') ?? '' },
    ...{ ISSUER: stage.issuer, ADMIN_URL: stage.admin, LOGIN_URL: stage.login, APP_URL: appUrl, PORT: String(port) },
    ...(await register(registrations, { admin: stage.admin, appUrl })),
  };
}

class Run {
  #checked = new Set();
  #process;
  #visits = Promise.resolve();
  #fault;
  #people = {};

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** @throws where the program fails, ends early, takes too long, or leaves out a topic. */
  async toEnd() {
    const { program, env, fill, signal } = this;
    const onLine = (line) => this.#heard(line);
    this.#process = new Process(program.run.map(fill), { cwd: program.folder, env, signal, onLine });
    const failures = [this.#process.ended.then((code) => this.#judge(code))];
    if (program.walk.length > 0) failures.push(this.#walk());
    try {
      await Promise.race(failures);
      await this.#visits;
    } catch (error) {
      this.#process.kill();
      await this.#process.ended.catch(() => undefined);
      const fault = this.#fault ?? error;
      throw new Error(`${fault.message}\n${this.#process.lastLines}`, { cause: error });
    }
    this.#process.kill();
    this.#requireTopics();
  }

  #judge(code) {
    if (this.signal.aborted) throw new Error(`It was stopped: it has ${this.program.minutes} minutes.`);
    if (code !== 0) throw new Error(`It ended with ${code}.`);
    if (this.program.walk.length > 0) throw new Error('The server ended.');
  }

  #requireTopics() {
    const said = (topic) => this.#checked.has(topic) || this.program.without[topic] !== undefined;
    const left = TOPICS.filter((topic) => !said(topic));
    if (left.length > 0) throw new Error(`It says nothing about ${left.join(', ')}.`);
  }

  /** Lines of a program that mean something; others are kept for the case that it fails. */
  #heard(line) {
    const [, verb, rest] = /^(check|visit|open): (.*)$/.exec(line) ?? [];
    if (verb === 'check') this.#check(rest);
    if (verb !== 'visit' && verb !== 'open') return;
    this.#visits = this.#visits.then(() => this.#visit(verb, rest));
    this.#visits.catch((fault) => {
      this.#fault = fault;
      this.#process.kill();
    });
  }

  #check(text) {
    this.#checked.add(text.split(':')[0]);
    this.say(`ok  ${text}`);
  }

  /** The program gets the address at which the browser arrives. A visit ends at the first one below APP_URL. */
  async #visit(verb, url) {
    const elsewhere = verb === 'visit' ? this.env.APP_URL : undefined;
    const person = (this.#people[verb] ??= new Person(this.stage.login, elsewhere));
    const page = await person.open(url);
    this.#process.write(page.url.href);
  }

  /** The person uses the server; each step says what its page must show. */
  async #walk() {
    await this.#answers(this.env.APP_URL);
    const person = new Person(this.stage.login);
    for (const step of this.program.walk) {
      const { open, submit, check } = step;
      const page = submit ? await person.submit(submit) : await person.open(new URL(this.fill(open), this.env.APP_URL));
      const fault = this.#faultOf(page, step);
      const says = `${page.url.href} says ${page.status}: ${textOf(page.html).trim()}`;
      if (fault) throw new Error(`${fault} at ${JSON.stringify(step)}: ${says}`);
      for (const one of [check ?? []].flat()) this.#check(one);
    }
  }

  #faultOf(page, { shows = [], arrives, asks, status = 200 }) {
    if (page.status !== status) return `Not ${status}`;
    const text = textOf(page.html);
    const absent = [shows].flat().filter((part) => !text.includes(this.fill(part)));
    if (absent.length > 0) return `No ${JSON.stringify(absent)}`;
    if (arrives && !page.url.href.startsWith(this.fill(arrives))) return 'Elsewhere';
    return asks && asks.join() !== page.asked.join() ? `Asked for [${page.asked}]` : undefined;
  }

  async #answers(url) {
    while (!this.signal.aborted) {
      const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
      if (answer) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
