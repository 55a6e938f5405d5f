import { createInterface } from 'node:readline';
import { CommandFailed } from '../command-failed.js';

const ANSWERS = new Map([
  ['y', true],
  ['yes', true],
  ['n', false],
  ['no', false],
]);

/**
 * Asks on stdout until stdin contains y or n.
 * @throws CommandFailed where stdin ends without an answer
 */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin });
  const ask = (): void => void process.stdout.write(`${question} [y/n] `);
  try {
    ask();
    for await (const line of lines) {
      const answer = ANSWERS.get(line.trim().toLowerCase());
      if (answer !== undefined) return answer;
      ask();
    }
  } finally {
    lines.close();
  }
  throw new CommandFailed('\nThere is no answer on standard input: pass --yes to go on without being asked.');
}
