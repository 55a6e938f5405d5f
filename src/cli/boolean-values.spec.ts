import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { withoutBooleanValues } from './boolean-values.js';

const program = new Command();
program.command('act').option('-q, --quiet').option('--keep').option('--no-keep').option('--name <text>');

describe('boolean flags with a value, as scripts for Hydra write them', () => {
  it.each([
    [
      ['act', '--quiet=true'],
      ['act', '--quiet'],
    ],
    [
      ['act', '--quiet=T'],
      ['act', '--quiet'],
    ],
    [
      ['act', '-q=1'],
      ['act', '-q'],
    ],
    [['act', '--quiet=false'], ['act']],
    [
      ['act', '--keep=false'],
      ['act', '--no-keep'],
    ],
    [
      ['act', '--name=true', '--explode=true'],
      ['act', '--name=true', '--explode=true'],
    ],
    [
      ['act', '--quiet=perhaps'],
      ['act', '--quiet=perhaps'],
    ],
    [
      ['act', '--', '--quiet=true'],
      ['act', '--', '--quiet=true'],
    ],
  ])('%j', (args, expected) => {
    expect(withoutBooleanValues(program, args)).toEqual(expected);
  });
});
