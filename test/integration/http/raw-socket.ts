import { connect, type Socket } from 'node:net';

/** A connection on which a test writes any bytes. */
export class RawSocket {
  private received = '';
  private readonly waiting: (() => void)[] = [];
  readonly closed: Promise<string>;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.received += text;
      this.waiting.splice(0).forEach((wake) => {
        wake();
      });
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve(this.received);
      });
    });
  }

  static async to(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RawSocket(socket);
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Everything received, as soon as it contains the text. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (this.socket.destroyed) throw new Error(`The connection closed before ${text}: ${this.received}`);
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        this.socket.once('close', resolve);
      });
    }
    return this.received;
  }
}

/** Sends the text and returns everything received until the server closes the connection. */
export async function exchangeRaw(url: string, text: string): Promise<string> {
  const raw = await RawSocket.to(url);
  raw.write(text);
  return raw.closed;
}
