import { createInterface } from 'node:readline';
import { CommandFailed } from '../command-failed.js';

const ANSWERS = new Map([
  ['y', true],
  ['yes', true],
  ['n', false],
  ['no', false],
]);

/**
 * Asks until stdin contains y or n.
 * @param output stderr where stdout is for the result alone
 * @param stop the answer is no when it is aborted
 * @throws CommandFailed where stdin ends without an answer
 */
export async function confirm(
  question: string,
  output: NodeJS.WritableStream = process.stdout,
  stop?: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, signal: stop });
  const ask = (): void => void output.write(`${question} [y/n] `);
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
  if (stop?.aborted) return false;
  throw new CommandFailed('\nThere is no answer on standard input: pass --yes to go on without being asked.');
}
