import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../command-line.js';
import { bashCompletion } from './bash.js';
import { fishCompletion } from './fish.js';
import { placesOf } from './places.js';
import { powershellCompletion } from './powershell.js';
import { zshCompletion } from './zsh.js';

const places = placesOf(await commandLine());

async function offered(words: string[]): Promise<string[]> {
  const script = `${bashCompletion('ostiary', places)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_ostiary
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  return stdout.trim().split('\n');
}

describe('completion', () => {
  it.each([
    [['ostiary', 'cre'], ['create']],
    [['ostiary', 'create', 'j'], ['jwk']],
    [['ostiary', 'create', 'client', '--redir'], ['--redirect-uri']],
    [['ostiary', 'create', '-e', 'http://127.0.0.1', 'clients', '--redir'], ['--redirect-uri']],
    [['ostiary', 'nothing', 'such', 'explode'], ['']],
  ])('in bash: %j', async (words, expected) => {
    expect(await offered(words)).toEqual(expected);
  });

  it.each([bashCompletion, zshCompletion, fishCompletion, powershellCompletion])(
    'offers the words of every command: %o',
    (script) => {
      const text = script('ostiary', places);
      for (const { spellings } of places) for (const words of spellings) expect(text).toContain(words);
    },
  );

  it('for fish contains descriptions unless they are switched off', () => {
    expect(fishCompletion('ostiary', places)).toContain("-a version -d 'show the version'");
    expect(fishCompletion('ostiary', places, false)).not.toContain(' -d ');
  });
});
