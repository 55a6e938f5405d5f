// A keep-alive HTTP/1.1 connection on a raw socket. node:http spends several times more CPU on a request, and the generator
// shares its machine with the server that it measures. One request at a time; no pipelining, no redirects.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const END = Buffer.from('\r\n\r\n');

class Answer {
  constructor(head, body) {
    this.status = Number(head.slice(9, 12));
    this.head = head;
    this.text = body;
  }
  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
  header(name) {
    return new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(this.head)?.[1];
  }
  get cookies() {
    return [...this.head.matchAll(/^set-cookie: *(.*?)\r?$/gim)].map((m) => m[1]);
  }
}

/** The body in `buffer` from `at` on, or undefined while it is incomplete. */
function bodyOf(head, buffer, at) {
  if (/^HTTP\/1\.1 (204|304)/.test(head)) return '';
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined)
    return buffer.length >= at + Number(length) ? buffer.toString('utf8', at, at + Number(length)) : undefined;
  if (!/^transfer-encoding: *chunked/im.test(head)) throw new Error('an answer with neither a length nor chunks');
  const parts = [];
  for (;;) {
    const line = buffer.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = parseInt(buffer.toString('latin1', at, line), 16);
    if (buffer.length < line + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(buffer.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

/** The response in `buffer`, or undefined while it is incomplete. @throws Error where its end cannot be determined */
export function answerIn(buffer) {
  const end = buffer.indexOf(END);
  if (end < 0) return undefined;
  const head = buffer.toString('latin1', 0, end);
  const body = bodyOf(head, buffer, end + 4);
  return body === undefined ? undefined : new Answer(head, body);
}

export class Connection {
  #socket;
  #buffer = Buffer.alloc(0);
  #waiting;
  #tls;
  /** @param tls options of a connection with TLS, such as the certificate of the client */
  constructor(port, tls) {
    this.#tls = tls;
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  request(method, path, headers = '', body = '') {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const length = method === 'GET' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
      this.#open().write(
        `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.port}\r\naccept: application/json\r\n${headers}${length}\r\n${body}`,
      );
    });
  }
  get(path, headers) {
    return this.request('GET', path, headers);
  }
  form(path, fields, headers = '') {
    return this.request(
      'POST',
      path,
      `content-type: application/x-www-form-urlencoded\r\n${headers}`,
      new URLSearchParams(fields).toString(),
    );
  }
  json(method, path, value) {
    return this.request(method, path, 'content-type: application/json\r\n', JSON.stringify(value));
  }
  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open() {
    if (this.#socket) return this.#socket;
    const to = { port: this.port, host: '127.0.0.1', noDelay: true };
    const socket = (this.#socket = this.#tls ? connectTls({ ...to, ...this.#tls }) : connect(to));
    this.#buffer = Buffer.alloc(0);
    const gone = (why) => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#settle('reject', new Error(`connection lost: ${why}`));
    };
    socket
      .on('data', (data) => this.#read(data))
      .on('error', (e) => gone(e.code))
      .on('close', () => gone('closed'));
    return socket;
  }
  #read(data) {
    this.#buffer = this.#buffer.length ? Buffer.concat([this.#buffer, data]) : data;
    try {
      const answer = answerIn(this.#buffer);
      if (!answer) return;
      this.#buffer = Buffer.alloc(0);
      if (/^connection: *close/im.test(answer.head)) this.close();
      this.#settle('resolve', answer);
    } catch (e) {
      this.close();
      this.#settle('reject', e);
    }
  }
  #settle(how, value) {
    const w = this.#waiting;
    this.#waiting = undefined;
    w?.[how](value);
  }
}
