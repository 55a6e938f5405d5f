/** A foreign server on this machine: it records the requests that it gets, and responds as the test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  form: URLSearchParams;
  /** The status of the response; undefined where the test responds itself. */
  answered: number | undefined;
}

export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  /** How it responds: with a status, or by a function. Default: 200. */
  answer: number | ((response: ServerResponse) => void) = 200;
  private waiting: (() => void)[] = [];
  private readonly server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url: path = '', headers } = request;
      const answered = typeof this.answer === 'number' ? this.answer : undefined;
      this.requests.push({ method, path, headers, form: new URLSearchParams(body), answered });
      if (typeof this.answer === 'number') response.writeHead(this.answer).end();
      else this.answer(response);
      for (const done of this.waiting.splice(0)) done();
    });
  });

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((done) => receiver.server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Waits until this many requests have come. */
  async received(count: number): Promise<ReceivedRequest[]> {
    while (this.requests.length < count) await new Promise<void>((done) => this.waiting.push(done));
    return this.requests;
  }

  /** Forgets the recorded requests, and responds with 200 again. */
  clear(): void {
    this.requests.length = 0;
    this.answer = 200;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
