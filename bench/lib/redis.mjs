// Reads the counters of Redis over a socket of its own: INFO is all that is needed.
import { connect } from 'node:net';

export class Redis {
  constructor(url) {
    this.url = new URL(url);
  }
  #info() {
    return new Promise((ok, no) => {
      const socket = connect({ host: this.url.hostname, port: Number(this.url.port || 6379) });
      let text = '';
      socket.on('error', no).on('data', (d) => {
        text += d;
        const size = /^\$(\d+)\r\n/m.exec(text);
        if (!size || text.length < size.index + size[0].length + Number(size[1])) return;
        socket.destroy();
        ok(Object.fromEntries([...text.matchAll(/^(\w+):(.*)\r$/gm)].map((m) => [m[1], m[2]])));
      });
      if (this.url.password)
        socket.write(
          `AUTH ${decodeURIComponent(this.url.username || 'default')} ${decodeURIComponent(this.url.password)}\r\n`,
        );
      socket.write('INFO\r\n');
    });
  }
  async open() {
    const info = await this.#info();
    this.pid = Number(info.process_id);
    this.settings = { version: info.redis_version, appendonly: info.aof_enabled === '1' };
    return this;
  }
  async totals() {
    const i = await this.#info();
    return { commands: Number(i.total_commands_processed), bytes: Number(i.used_memory) };
  }
}
