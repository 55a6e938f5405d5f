// Probes the readiness of a server as an orchestrator does: on new connections, with a short timeout.
import { request } from 'node:http';

const EVERY_MS = 200;
const PATIENCE_MS = 1_000;

export class ReadyProbe {
  #asked = 0;
  #failed = 0;
  #slowest = 0;
  #timer;
  constructor({ publicPort, adminPort }) {
    this.ports = [publicPort, adminPort];
  }
  start() {
    this.#timer = setInterval(() => this.ports.forEach((port) => this.#ask(port)), EVERY_MS);
    return this;
  }
  stop() {
    clearInterval(this.#timer);
    return { asked: this.#asked, failed: this.#failed, slowest: this.#slowest };
  }
  #ask(port) {
    this.#asked++;
    const from = performance.now();
    const ended = (fine) => {
      this.#slowest = Math.max(this.#slowest, performance.now() - from);
      if (!fine) this.#failed++;
    };
    request({ host: '127.0.0.1', port, path: '/health/ready', agent: false, timeout: PATIENCE_MS })
      .once('response', (answer) => {
        answer.resume();
        ended(answer.statusCode === 200);
      })
      .once('timeout', function () {
        this.destroy(new Error('too late'));
      })
      .once('error', () => ended(false))
      .end();
  }
}
