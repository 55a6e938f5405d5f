/** One round: stores, servers, people, and one fault after the other, each followed by an audit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Receiver } from '../../support/receiver.js';
import { Auditor } from './auditor.js';
import { Canary } from './canary.js';
import { FAULTS } from './faults/index.js';
import type { Fault, Heal, Scene } from './faults/fault.js';
import { Evidence } from './evidence.js';
import { Fleet } from './fleet.js';
import { HeardLogouts } from './heard-logouts.js';
import type { Fact } from './ledger.js';
import { Logs } from './logs.js';
import type { Random } from './random.js';
import type { Report } from './report.js';
import { Takeovers } from './takeovers.js';
import type { Stage, Topology } from './topologies.js';
import { Crowd } from './traffic/crowd.js';
import { describe, Violations } from './violations.js';
import { Windows } from './windows.js';
import { type Rotation, World } from './world.js';

const SERVERS = 2;
/** How many facts are audited after each fault: the latest, and some of the others. */
const LATEST = 250;
const OTHERS = 100;
/** Longer than any fault with its undoing and its audit. */
const FAULT_MS = 240_000;
/** A check of all servers takes no longer when they serve. */
const HICCUP_MS = 500;
const GAP_MS = [300, 1_200] as const;

export interface RoundOptions {
  topology: Topology;
  rotation: Rotation;
  random: Random;
  report: Report;
  people: number;
  /** A file for all lines that servers write. */
  logFile?: string;
  /** The faults to choose from. */
  allowed: (fault: Fault) => boolean;
  log: (line: string) => void;
}

interface Tools {
  auditor: Auditor;
  crowd: Crowd;
  canary: Canary;
  logs: Logs;
  heard: HeardLogouts;
  takeovers: Takeovers;
}

export class Round {
  private constructor(
    private readonly options: RoundOptions,
    private readonly stage: Stage,
    readonly scene: Scene,
    readonly world: World,
    readonly tools: Tools,
    private readonly folder: string,
  ) {}

  /** Everything runs, and people use it. */
  static async begin(options: RoundOptions): Promise<Round> {
    const { topology, rotation, random, report, log } = options;
    const windows = new Windows();
    const violations = new Violations(windows, (violation) => {
      if (report.violated(violation)) log(describe(violation));
    });
    const logs = new Logs(windows, violations, options.logFile);
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-proof-'));
    const beginning = windows.open('the start');
    const stage = await topology.raise(SERVERS, rotation, random.fork());
    const fleet = await Fleet.start(SERVERS, folder, stage.settingsOf, logs.read);
    const [receiver, hook] = await Promise.all([Receiver.open(), Receiver.open()]);
    hook.answer = 204;
    const place = { public: fleet.publicUrl, admin: fleet.adminUrl, rotation, receiver: `${receiver.url}/out` };
    const world = new World(place, windows, violations);
    const evidence = new Evidence(stage.dsn);
    const auditor = new Auditor(world, evidence);
    const crowd = new Crowd(world, auditor, random.fork());
    const canary = await Canary.register(fleet, world);
    windows.close(beginning);
    const scene: Scene = { ...stage.cast, fleet, random: random.fork(), receiver, hook };
    const heard = new HeardLogouts(receiver, world, evidence);
    const takeovers = new Takeovers(stage.cast.redis, windows);
    const tools = { auditor, crowd, canary, logs, heard, takeovers };
    const round = new Round(options, stage, scene, world, tools, folder);
    await crowd.gather(options.people);
    return round;
  }

  /** Every fault that can be applied here, in random order. */
  inTurn(): Fault[] {
    const { allowed } = this.options;
    const possible = FAULTS.filter((fault) => allowed(fault) && fault.obstacle?.(this.scene) === undefined);
    return this.scene.random.shuffled(possible);
  }

  /** One fault after the other; each comes once before any is repeated. */
  async run(untilMs: number): Promise<void> {
    let turn: Fault[] = [];
    while (Date.now() < untilMs) {
      if (turn.length === 0) turn = this.inTurn();
      const next = turn.pop();
      if (!next) return;
      await this.endure(next);
    }
  }

  /** @throws where the fault cannot be applied, or not be undone */
  async endure(fault: Fault): Promise<void> {
    if (fault.obstacle?.(this.scene) !== undefined) return;
    const late = new AbortController();
    const tooLate = sleep(FAULT_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error(`${fault.name} was not over after ${String(FAULT_MS)} ms.`);
    });
    try {
      await Promise.race([this.strike(fault), tooLate]);
    } finally {
      late.abort();
      tooLate.catch(() => undefined);
    }
  }

  private async strike(fault: Fault): Promise<void> {
    const { scene, world, options } = this;
    await sleep(scene.random.between(...GAP_MS));
    const window = world.windows.open(fault.name, fault.losesFlows?.(scene) ?? false);
    const heal = await fault.strike(scene);
    await sleep(scene.random.between(...fault.lasts));
    const recovery = await this.recover(heal);
    await scene.fleet.inService();
    world.windows.close(window);
    options.report.endured(fault.name, recovery);
    await this.audit(this.sample());
    options.log(
      `${options.topology.name}, ${options.rotation}: ${fault.name}: served again after ${String(recovery)} ms, ${String(world.violations.all.length)} violations`,
    );
  }

  /** @returns milliseconds from the start of the undoing until every server served again */
  private async recover(heal: Heal): Promise<number> {
    const { canary } = this.tools;
    const from = Date.now();
    const served = canary.awaitService().then(() => Date.now());
    await heal();
    const [first, again] = [await served, Date.now()];
    const obstacle = await canary.awaitService(); // a store that recovers step by step may serve and stop once more
    if (obstacle !== undefined) this.world.violations.add('everything serves again after a fault', obstacle);
    const last = Date.now();
    return (last - again > HICCUP_MS ? last : first) - from;
  }

  /** The final check of everything. */
  async conclude(): Promise<void> {
    const { world, tools, options } = this;
    await this.audit(world.ledger.facts);
    await tools.crowd.pause();
    await tools.heard.audit();
    tools.logs.audit(world.ledger);
    options.report.add(world.ledger.figures);
    options.report.add(new Map([['log lines', tools.logs.count]]));
  }

  async end(): Promise<void> {
    const { world, tools, scene, stage } = this;
    world.windows.open('the end');
    await tools.crowd.end();
    tools.takeovers.stop();
    await scene.fleet.stop();
    await Promise.all([scene.receiver.close(), scene.hook.close()]);
    await stage.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Pauses all traffic meanwhile. */
  async audit(facts: readonly Fact[]): Promise<void> {
    const { crowd, auditor } = this.tools;
    await crowd.pause();
    this.world.ledger.count('audits');
    await auditor.audit(facts);
    this.world.resume();
  }

  private sample(): Fact[] {
    const { facts } = this.world.ledger;
    const older = facts.slice(0, -LATEST);
    const others = older.length > 0 ? Array.from({ length: OTHERS }, () => this.scene.random.pick(older)) : [];
    return [...new Set([...facts.slice(-LATEST), ...others])];
  }
}
