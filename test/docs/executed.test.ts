/**
 * The commands of README, getting started and the guides, executed page by page and in order, as a reader would. How a block
 * is treated, and how to say so in the page: README.md here.
 */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killAll, program } from '../integration/cli/ostiary.js';
import { freshDatabase } from '../support/postgres.js';
import { PageRun } from './page-run.js';
import { type Block, blocksOf, GUIDES, placeOf } from './pages.js';
import { type Treatment, treatmentOf } from './treatment.js';

const isExecuted = (block: Block): boolean => ['command', 'output', 'file'].includes(treatmentOf(block).as);
const executed = GUIDES.filter((page) => blocksOf(page).some((block) => treatmentOf(block).as === 'command'));

beforeAll(program);
afterEach(killAll);

/** The commands of the pages need these. */
const missing = ['bash', 'curl', 'jq'].filter((name) => spawnSync(name, ['--version']).error);
if (missing.length > 0) process.stdout.write(`The commands of the guides are not run: no ${missing.join(', ')}.\n`);

describe.skipIf(missing.length > 0)('the commands of the guides', () => {
  it.each(executed)('work as %s says', async (page) => {
    const blocks = blocksOf(page);
    const database = await freshDatabase();
    const run = new PageRun(page, database);
    try {
      await run.start(blocks);
      for (const block of blocks.filter(isExecuted)) await step(run, block, treatmentOf(block));
    } finally {
      await run.stop();
      await database.drop();
    }
  });
});

async function step(run: PageRun, block: Block, treatment: Treatment): Promise<void> {
  if (treatment.as === 'file') run.write(treatment.name, block.text);
  if (treatment.as === 'output') expectOutput(run.output, block);
  if (treatment.as !== 'command') return;
  await run.command(block.text, treatment).catch((error: unknown) => {
    throw new Error(`${placeOf(block)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
}

/** `…` in the page stands for anything. JSON may be printed in another form. */
function expectOutput(output: string, block: Block): void {
  if (block.kind === 'json') {
    expect(JSON.parse(output), placeOf(block)).toEqual(withPlaceholders(JSON.parse(block.text)));
    return;
  }
  const literal = block.text
    .trim()
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  expect(output, placeOf(block)).toMatch(new RegExp(literal.join('[^]*')));
}

function withPlaceholders(value: unknown): unknown {
  if (typeof value === 'string' && value.includes('…')) {
    const parts = value.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return expect.stringMatching(new RegExp(`^${parts.join('.*')}$`)) as unknown;
  }
  if (Array.isArray(value)) return value.map(withPlaceholders);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withPlaceholders(member)]));
}
