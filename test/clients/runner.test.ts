/** The runner tells a program that logs in from one that does not. The programs here are a line each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, outcomeOf, type Program } from '../../scripts/clients/outcome.mjs';

const TOPICS = ['discovery', 'login', 'refresh', 'userinfo', 'logout'];
const CHECKS = TOPICS.map((topic) => `console.log('check: ${topic}: right');`).join('');
const NOWHERE = 'http://127.0.0.1:9';
const stages = { of: () => Promise.resolve({ issuer: NOWHERE, admin: NOWHERE, login: NOWHERE }) };

describe('the runner of client programs', () => {
  let folder: string;
  let said: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostiary-runner-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  function outcome(text: string, over: Partial<Program> = {}, signal = new AbortController().signal): Promise<Outcome> {
    said = [];
    const rest = { needs: [], minutes: 1, registrations: {}, without: {}, walk: [] };
    const program = { name: 'runner-test', folder, run: ['node', '-e', text], ...rest, ...over };
    return outcomeOf(program, { stages, say: (line) => said.push(line), signal });
  }

  it('passes a program that checks each topic, and repeats what it checked', async () => {
    expect(await outcome(CHECKS)).toEqual({ result: 'passed' });
    expect(said).toEqual(TOPICS.map((topic) => `ok  ${topic}: right`));
  });

  it('fails one that is silent about a topic, unless its manifest says why', async () => {
    const silent = CHECKS.replace('check: refresh', 'refresh');
    expect(await outcome(silent)).toMatchObject({ result: 'failed', reason: 'It says nothing about refresh.' });
    expect(await outcome(silent, { without: { refresh: 'has none' } })).toEqual({ result: 'passed' });
  });

  it('fails one that ends with another code than 0, and shows its last lines', async () => {
    const { result, reason } = await outcome(`${CHECKS} console.error('the token is dead'); process.exitCode = 3;`);
    expect(result).toBe('failed');
    expect(reason).toContain('It ended with 3.');
    expect(reason).toContain('the token is dead');
  });

  it('skips one whose language is missing, and names that', async () => {
    const needs = ['node', 'cobol-of-the-future'];
    expect(await outcome(CHECKS, { needs })).toEqual({
      result: 'skipped',
      reason: 'not installed: cobol-of-the-future',
    });
  });

  it('fails one that takes longer than its minutes', async () => {
    const { result, reason } = await outcome('setInterval(() => undefined, 1000)', { minutes: 0.02 });
    expect(result).toBe('failed');
    expect(reason).toContain('it has 0.02 minutes');
  });

  it('ends one that is interrupted, with the processes that it started', async () => {
    const file = join(folder, 'pid');
    const text = `const { spawn } = require('child_process');
      const child = spawn('sleep', ['600']);
      require('fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
      setInterval(() => undefined, 1000);`;
    const stop = new AbortController();
    const ended = outcome(text, {}, stop.signal);
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toMatch(/^\d+$/);
    stop.abort();
    expect((await ended).reason).toContain('It was stopped');
    const pid = Number(await readFile(file, 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('tells a program where the browser arrived', async () => {
    const text = `console.log('visit: ' + process.env.APP_URL + '/callback?code=1');
      process.stdin.once('data', (line) => { console.log('check: came: ' + line); process.stdin.destroy(); ${CHECKS} });`;
    expect(await outcome(text)).toEqual({ result: 'passed' });
    expect(said[0]).toMatch(/^ok {2}came: http:\/\/127\.0\.0\.1:\d+\/callback\?code=1$/);
  });

  describe('with a server', () => {
    const SERVER = `require('http').createServer((_, response) => response.end('<p>Hello</p>'))
      .listen(Number(process.env.PORT), '127.0.0.1');`;
    const check = TOPICS.map((topic) => `${topic}: right`);

    it('follows its walk', async () => {
      const walk = [{ open: '/', shows: 'Hello', arrives: '$APP_URL', check }];
      expect(await outcome(SERVER, { walk })).toEqual({ result: 'passed' });
    });

    it.each([{ shows: 'Good bye' }, { status: 401 }, { arrives: 'https://elsewhere.example' }])(
      'fails where a page is another one: %o',
      async (step) => {
        const { result, reason } = await outcome(SERVER, { walk: [{ open: '/', check, ...step }] });
        expect(result).toBe('failed');
        expect(reason).toContain('says 200: Hello');
      },
    );

    it('fails where it ends', async () => {
      const { reason } = await outcome('process.exitCode = 0', { walk: [{ open: '/', check }] });
      expect(reason).toContain('The server ended.');
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
