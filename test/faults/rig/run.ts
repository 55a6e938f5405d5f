/** The long form: rounds over the topologies, until the time is over. */
import type { Fault } from './faults/fault.js';
import { Random } from './random.js';
import { Report } from './report.js';
import { Round } from './round.js';
import { TOPOLOGIES, type Topology } from './topologies.js';
import type { Rotation } from './world.js';

export interface RunOptions {
  minutes: number;
  seed: number;
  /** Names of topologies; empty means all. */
  stores: readonly string[];
  /** Only faults whose names match. */
  only: RegExp;
  people: number;
  /** A file for all lines that servers write. */
  logFile?: string;
}

/** A shorter round applies too few faults for the cost of its start. */
const LEAST_ROUND_MS = 60_000;
/** Less time than this is not worth another round. */
const LEAST_LEFT_MS = 20_000;
const ROTATIONS: readonly Rotation[] = ['strict', 'grace'];

/** Prints its progress. @returns whether nothing was violated */
export default async function run(options: RunOptions): Promise<boolean> {
  const report = new Report();
  const log = (line: string): void => {
    process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
  };
  log(`seed ${String(options.seed)}`);
  const chosen = await topologies(options, report);
  const end = Date.now() + options.minutes * 60_000;
  const length = Math.max(LEAST_ROUND_MS, (end - Date.now()) / (chosen.length * ROTATIONS.length));
  const random = new Random(options.seed);
  const allowed = (fault: Fault): boolean => options.only.test(fault.name);
  for (let turn = 0; end - Date.now() > LEAST_LEFT_MS && chosen.length > 0; turn++) {
    const [place, cycle] = [turn % chosen.length, Math.floor(turn / chosen.length)];
    const topology = chosen[place] as Topology;
    const rotation = ROTATIONS[(place + cycle) % ROTATIONS.length] as Rotation;
    const until = Math.min(Date.now() + length, end);
    log(`round ${String(turn + 1)}: ${topology.name}, refresh tokens ${rotation}`);
    const round = await Round.begin({
      ...{ topology, rotation, report, allowed, log },
      ...{ random: random.fork(), people: options.people, logFile: options.logFile },
    });
    await toItsEnd(round, until);
  }
  process.stdout.write(`\n${report.text()}\n\nseed ${String(options.seed)}\n`);
  return report.violations.length === 0;
}

async function toItsEnd(round: Round, until: number): Promise<void> {
  try {
    await round.run(until);
    await round.conclude();
  } catch (error) {
    const evidence = error instanceof Error ? (error.stack ?? error.message) : String(error);
    round.world.violations.add('a round comes to its end', evidence);
  } finally {
    await round.end();
  }
}

async function topologies({ stores }: RunOptions, report: Report): Promise<Topology[]> {
  const chosen: Topology[] = [];
  for (const topology of TOPOLOGIES) {
    if (stores.length > 0 && !stores.includes(topology.name)) continue;
    const obstacle = await topology.obstacle();
    if (obstacle === undefined) chosen.push(topology);
    else report.skipped(`Left out: ${topology.name}, for ${obstacle}.`);
  }
  return chosen;
}
