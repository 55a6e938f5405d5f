// A generator process that offers more work than a server can do. On messages of its parent it prepares a load, finds the
// server's capacity in a closed loop, or offers the load in an open loop: requests fall due on a schedule, whatever became of
// earlier ones, and a latency counts from the moment that a request was due. Requests are bytes prepared in advance, on raw sockets.
// Messages in: { do: 'prepare', load } | { do: 'closed', seconds, concurrency } | { do: 'open', seconds, rate }.
import { Lines } from './lines.mjs';
import { LOADS } from './loads.mjs';
import { World } from './world.mjs';

const PREPARING = { connections: 16, pool: 1000, clients: 1 };
/** A request without a response this many milliseconds after the last one was due counts as unanswered. */
const GRACE_MS = 5_000;
const TICK_MS = 1;

const { target, connections, most } = JSON.parse(process.argv[2]);
const world = new World(target, PREPARING);
const lines = {
  public: new Lines(target.publicPort, most),
  admin: new Lines(target.adminPort, most),
};
let next;

class Tally {
  accepted = [];
  refused = [];
  errors = new Map();
  launched = 0;
  answered = 0;
  slowestStart = 0;

  /** @param due when the request should have gone out, in milliseconds of performance.now() */
  launch(due, then) {
    const request = next();
    this.launched++;
    lines[request.listener].ask({
      bytes: request.bytes,
      sent: () => (this.slowestStart = Math.max(this.slowestStart, performance.now() - due)),
      done: (answer, fault) => {
        this.answered++;
        this.#judge(request, answer, fault, performance.now() - due);
        then?.();
      },
    });
  }
  #judge(request, answer, fault, ms) {
    const wrong = fault ?? request.verify(answer);
    if (!wrong) this.accepted.push(ms);
    else if (answer?.status === 503) this.refused.push(ms);
    else {
      const what = answer ? `${answer.status} ${answer.text.slice(0, 150)}` : fault;
      this.errors.set(what, (this.errors.get(what) ?? 0) + 1);
    }
  }
  get result() {
    return {
      launched: this.launched,
      accepted: Float64Array.from(this.accepted),
      refused: Float64Array.from(this.refused),
      errors: [...this.errors],
      unanswered: this.launched - this.answered,
      slowestStart: this.slowestStart,
    };
  }
}

const sleep = (ms) => new Promise((ok) => setTimeout(ok, ms));

async function prepare(load) {
  next = await LOADS[load](world);
  for (const each of Object.values(lines)) await each.open(connections);
}

/** Keeps this many requests in flight. */
async function closed(seconds, concurrency) {
  const tally = new Tally();
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from(
      { length: concurrency },
      () =>
        new Promise((ok) => {
          const again = () => (performance.now() < until ? tally.launch(performance.now(), again) : ok());
          again();
        }),
    ),
  );
  return tally.result;
}

async function open(seconds, rate) {
  const tally = new Tally();
  const from = performance.now();
  const all = Math.floor(seconds * rate);
  while (tally.launched < all) {
    const due = Math.min(all, ((performance.now() - from) / 1000) * rate);
    while (tally.launched < due) tally.launch(from + (tally.launched / rate) * 1000);
    await sleep(TICK_MS);
  }
  const last = performance.now();
  while (tally.answered < tally.launched && performance.now() - last < GRACE_MS) await sleep(20);
  const { result } = tally;
  for (const each of Object.values(lines)) each.giveUp();
  return result;
}

async function told({ do: what, load, seconds, rate, concurrency }) {
  if (what === 'prepare') return prepare(load);
  const cpu = process.cpuUsage();
  const from = performance.now();
  const result = await (what === 'closed' ? closed(seconds, concurrency) : open(seconds, rate));
  const { user, system } = process.cpuUsage(cpu);
  return { ...result, cpu: (user + system) / 1000 / (performance.now() - from) };
}

process.on('message', async (message) => {
  try {
    process.send({ ok: await told(message) });
  } catch (e) {
    process.send({ failed: e.stack });
  }
});
process.once('disconnect', () => process.exit());
