/** A server of somebody else's, on this machine: it keeps what it is sent, and answers as the test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  form: URLSearchParams;
}

export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  /** How it answers: with a status, or itself. Default: 200. */
  answer: number | ((response: ServerResponse) => void) = 200;
  private waiting: (() => void)[] = [];
  private readonly server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url: path = '', headers } = request;
      this.requests.push({ method, path, headers, form: new URLSearchParams(body) });
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

  /** Waits until so many requests have come. */
  async received(count: number): Promise<ReceivedRequest[]> {
    while (this.requests.length < count) await new Promise<void>((done) => this.waiting.push(done));
    return this.requests;
  }

  /** Forgets what came, and answers with 200 again. */
  clear(): void {
    this.requests.length = 0;
    this.answer = 200;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
