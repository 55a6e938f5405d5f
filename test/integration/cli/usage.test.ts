import { beforeAll, describe, expect, it } from 'vitest';
import { ostiary, program } from './ostiary.js';

beforeAll(program);

describe('the command line', () => {
  it('shows its version in three lines', async () => {
    const { code, stdout } = await ostiary(['version']);
    expect([code, stdout.split('\n').map((line) => line.split(':')[0])]).toEqual([
      0,
      ['Version', 'Git Hash', 'Build Time', ''],
    ]);
  });

  it.each([[[]], [['--help']], [['help']]])('shows its commands on stdout: %j', async (args: string[]) => {
    const { code, stdout } = await ostiary(args);
    expect(code).toBe(0);
    for (const command of ['serve', 'migrate', 'openapi', 'version']) expect(stdout).toContain(command);
  });

  it.each([[['serve']], [['migrate']], [['revoke']]])('shows the commands of a group: %j', async (args: string[]) => {
    const { code, stdout } = await ostiary(args);
    expect([code, stdout.includes('Commands:')]).toEqual([0, true]);
  });

  it.each([
    [['explode'], "unknown command 'explode'"],
    [['serve', 'explode'], "unknown command 'explode'"],
    [['revoke', 'explode'], "unknown command 'explode'"],
    [['serve', 'all', '--explode'], "unknown option '--explode'"],
    [['serve', 'all', '-c'], 'argument missing'],
    [['migrate', 'sql', 'down', '--steps', 'many'], 'Write a whole number.'],
    [['openapi'], "required option '-o, --output <file>' not specified"],
  ])('refuses %j on stderr with 1', async (args, message) => {
    const { code, stdout, stderr } = await ostiary(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage:');
  });
});
