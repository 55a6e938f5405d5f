/** All people who use the servers at the same time, each with a separate seed. */
import { randomBytes } from 'node:crypto';
import type { Auditor } from '../auditor.js';
import type { Random } from '../random.js';
import type { World } from '../world.js';
import { Application } from './application.js';
import { Person } from './person.js';
import { Registrar } from './registrar.js';
import type { Session } from './sessions.js';

type Act = (person: Person) => Promise<void>;

/** Milliseconds between two acts of a person. */
const THINKS = [10, 120] as const;

export class Crowd {
  private running: Promise<unknown> = Promise.resolve();
  private readonly waiting = new Set<Person>();
  readonly people: Person[] = [];

  constructor(
    private readonly world: World,
    private readonly auditor: Auditor,
    private readonly random: Random,
  ) {}

  /** Each person has a separate application. */
  async gather(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const app = await Application.register(this.world);
      this.people.push(new Person(this.world, app, `person-${randomBytes(6).toString('hex')}`, this.random.fork()));
    }
    this.running = Promise.all(this.people.map((person) => this.live(person, this.random.fork())));
  }

  /** Resolves when all people have stopped. */
  async pause(): Promise<void> {
    this.world.hold();
    while (this.waiting.size < this.people.length) await this.world.pause(20);
  }

  async end(): Promise<void> {
    this.world.isOver = true;
    this.world.resume();
    await this.running;
  }

  private async live(person: Person, random: Random): Promise<void> {
    const acts = this.acts(random);
    await person.logIn();
    for (;;) {
      this.waiting.add(person);
      await this.world.passGate();
      this.waiting.delete(person);
      if (this.world.isOver) break;
      await random.weighted(acts)(person);
      await this.world.pause(random.between(...THINKS));
    }
    this.waiting.add(person);
  }

  private acts(random: Random): (readonly [number, Act])[] {
    const registrar = new Registrar(this.world, random);
    const session = (act: (one: Session) => Promise<void>): Act => {
      return async (person) => {
        const { openSessions } = person;
        if (openSessions.length > 0) await act(random.pick(openSessions));
        else await person.logIn();
      };
    };
    return [
      [5, (person) => person.logIn()],
      [4, (person) => person.comeAgain()],
      [2, (person) => person.useDevice()],
      [1, (person) => person.logOut()],
      [0.5, (person) => person.beEnded(random.chance(0.5))],
      [0.5, (person) => person.loseConsent()],
      [1, (person) => person.replayCode()],
      [14, session((one) => one.refresh())],
      [1, session((one) => one.revoke(random.chance(0.5)))],
      [0.5, session((one) => one.replay())],
      [6, session((one) => this.auditor.glance(one.accessToken))],
      [6, () => this.glanceAtAny(random)],
      [4, session((one) => this.auditor.askUserinfo(one.accessToken))],
      [5, (person) => registrar.clientCredentials(person.app)],
      [1, () => registrar.clientLife()],
    ];
  }

  private async glanceAtAny(random: Random): Promise<void> {
    const { facts } = this.world.ledger;
    await this.auditor.glance(random.pick(facts));
  }
}
