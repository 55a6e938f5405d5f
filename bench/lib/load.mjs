// The parent's side of the generator processes of one server.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Above this share of one core the generator process counts as the limit. */
const BUSY = 0.85;

export class Load {
  /** `connections`, `pool` and `clients` are divided among `processes` generator processes. */
  constructor(target, { processes = 1, ...sizes }) {
    const options = Object.fromEntries(Object.entries(sizes).map(([k, v]) => [k, Math.ceil(v / processes)]));
    this.children = Array.from({ length: processes }, () =>
      fork(fileURLToPath(new URL('generator.mjs', import.meta.url)), [JSON.stringify({ target, options })], {
        serialization: 'advanced',
      }),
    );
  }
  #all(message) {
    return Promise.all(
      this.children.map(
        (child) =>
          new Promise((ok, no) => {
            const died = () => no(new Error('a generator process died'));
            child.once('exit', died).once('message', (m) => {
              child.off('exit', died);
              m.failed ? no(new Error(m.failed)) : ok(m.ok);
            });
            child.send(message);
          }),
      ),
    );
  }
  prepare(names) {
    return this.#all({ do: 'prepare', names });
  }

  async run(name, seconds) {
    const parts = await this.#all({ do: 'run', name, seconds });
    const latencies = Float64Array.from(parts.flatMap((p) => [...p.latencies])).sort();
    const at = (q) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? NaN;
    const wall = Math.max(...parts.map((p) => p.seconds)),
      cpu = parts.reduce((s, p) => s + p.cpu, 0);
    const errors = parts.flatMap((p) => p.errors);
    return {
      ops: latencies.length,
      seconds: wall,
      rate: latencies.length / wall,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      errors: errors.reduce((s, [, n]) => s + n, 0),
      firstErrors: errors.slice(0, 3).map(([what]) => what),
      generatorCpu: cpu,
      generatorWasLimit: parts.some((p) => p.cpu / p.seconds > BUSY),
      exhausted: parts.some((p) => p.exhausted),
    };
  }
  close() {
    for (const child of this.children) child.disconnect();
  }
}
