/** The figures of README.md and docs/sizing.md are those of docs/performance.md. */
import { describe, expect, it } from 'vitest';
import { textOf } from './pages.js';

const rowsOf = (page: string): string[][] =>
  textOf(page)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const measured = rowsOf('docs/performance.md');
/** The first table has ratios, the second one costs. */
const rowOf = (scenario: string, table: 0 | 1): string[] => measured.filter(([name]) => name === scenario)[table] ?? [];
/** `3.4 (2.6)` has the figure of the run first. */
const figure = (cell = ''): number => Number.parseFloat(cell.replaceAll(',', ''));

describe('the figures of README.md', () => {
  it.each([
    ['a token for a machine', 'client-credentials'],
    ['a login (code flow)', 'code-flow'],
    ['a refresh', 'refresh'],
    ['introspection', 'introspect'],
  ])('%s', (name, scenario) => {
    const [, own, hydra] = rowsOf('README.md').find(([first]) => first === name) ?? [];
    const [, ratio, , , , of] = rowOf(scenario, 0);
    expect([figure(own), figure(hydra)]).toEqual([figure(ratio), figure(of)]);
  });

  it('statements of a login', () => {
    const [, own, hydra] = rowsOf('README.md').find(([first]) => first === 'SQL statements of a login') ?? [];
    const [, statements, , of] = rowOf('code-flow', 1);
    expect([figure(own), figure(hydra)]).toEqual([figure(statements), figure(of)]);
  });
});

describe('the costs of docs/sizing.md', () => {
  it.each([
    ['a login: code flow with consent', 'code-flow'],
    ['a login that is remembered', 'code-flow-remembered'],
    ['a refresh', 'refresh'],
    ['a token for a machine, opaque', 'client-credentials'],
    ['a token for a machine, JWT', 'client-credentials-jwt'],
    ['introspection', 'introspect'],
    ['userinfo', 'userinfo'],
    ['revocation', 'revoke'],
    ['a new client (its secret is hashed)', 'create-client'],
  ])('%s', (name, scenario) => {
    const [, server, database, , rate] = rowsOf('docs/sizing.md').find(([first]) => first === name) ?? [];
    const costs = rowOf(scenario, 1);
    expect(figure(server)).toBe(figure(costs[7]));
    expect(figure(database)).toBeCloseTo(figure(costs[8]), 1);
    expect(figure(rate) / (1000 / figure(server))).toBeCloseTo(1, 1);
  });
});
