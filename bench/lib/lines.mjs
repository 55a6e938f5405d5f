// Many keep-alive connections to one port, each with one request at a time. A request that finds none free waits, and its
// latency already counts.
import { connect } from 'node:net';
import { answerIn } from './http.mjs';

/** How many connections are opened at a time. */
const OPENING = 100;

export class Lines {
  #free = [];
  #waiting = new Queue();
  #given = new Set();
  #count = 0;

  /** @param most maximum number of connections: up to it, another one is opened where none is free */
  constructor(port, most) {
    Object.assign(this, { port, most });
  }

  /** Opens the first connections before the clock starts. */
  async open(count) {
    while (this.#count < count) {
      const some = Math.min(OPENING, count - this.#count);
      await Promise.all(Array.from({ length: some }, () => new Promise((ok, no) => this.#another(ok, no))));
    }
  }
  #another(ok, no) {
    this.#count++;
    new Line(this).open(ok, no);
  }

  /** @param request { bytes, sent(), done(answer, fault) } */
  ask(request) {
    this.#given.add(request);
    for (let line; (line = this.#free.pop());) if (line.isOpen) return line.send(request);
    this.#waiting.push(request);
    if (this.#count < this.most) this.#another();
  }
  settle(request, answer, fault) {
    if (this.#given.delete(request)) request.done(answer, fault);
  }
  lost() {
    this.#count--;
    if (this.#waiting.length > 0) this.#another();
  }
  free(line) {
    const request = this.#waiting.shift();
    if (request) line.send(request);
    else this.#free.push(line);
  }
  /** Stops waiting for the missing responses. */
  giveUp() {
    this.#waiting = new Queue();
    this.#given.clear();
  }
  get connections() {
    return this.#count;
  }
}

/** `shift` of a long array moves all later elements. */
class Queue {
  #items = [];
  #first = 0;
  get length() {
    return this.#items.length - this.#first;
  }
  push(item) {
    this.#items.push(item);
  }
  shift() {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first > 10_000 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}

class Line {
  isOpen = false;
  #socket;
  #request;
  #buffer;
  constructor(lines) {
    this.lines = lines;
  }
  open(ok, no) {
    const socket = (this.#socket = connect({ port: this.lines.port, host: '127.0.0.1', noDelay: true }));
    socket.once('connect', () => {
      this.isOpen = true;
      this.lines.free(this);
      ok?.();
    });
    socket.on('data', (data) => this.#read(data));
    socket.on('error', (e) => no?.(e));
    socket.once('close', () => this.#gone());
  }
  send(request) {
    this.#request = request;
    request.sent();
    this.#socket.write(request.bytes);
  }
  #read(data) {
    this.#buffer = this.#buffer ? Buffer.concat([this.#buffer, data]) : data;
    const answer = answerIn(this.#buffer);
    if (!answer) return;
    this.#buffer = undefined;
    const request = this.#request;
    this.#request = undefined;
    if (!request || /^connection: *close/im.test(answer.head)) this.#socket.destroy();
    else this.lines.free(this);
    if (request) this.lines.settle(request, answer);
  }
  #gone() {
    this.isOpen = false;
    const request = this.#request;
    this.#request = undefined;
    this.lines.lost();
    if (request) this.lines.settle(request, undefined, 'connection lost');
  }
}
