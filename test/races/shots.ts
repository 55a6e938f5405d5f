/**
 * Requests of which all but the last byte has been sent: sending those bytes together makes whole requests arrive at
 * the same time, with a body or without one, at any process.
 */
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../support/send.js';

export interface Request {
  method: string;
  /** The whole address; its query is sent as it is. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

/** How two requests overlapped, as far as the sender can know. */
export type Order =
  /** When the second request was complete, no byte of the response to the first had been sent. */
  | 'overlapping'
  /** The response to the first request had arrived before the second was complete. */
  | 'after the answer'
  /** The response arrived while the second request was being sent. */
  | 'either';

class Shot {
  readonly answer: Promise<Answer>;
  /** A part of the response has arrived. */
  isAnswered = false;

  private constructor(
    private readonly socket: Socket,
    private readonly lastByte: string,
  ) {
    this.answer = this.read();
  }

  /** Sends all but the last byte. */
  static async load({ method, url, headers = {}, body = '' }: Request): Promise<Shot> {
    const { hostname, port, host, pathname, search } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }).setEncoding('latin1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const all = { ...headers, host, connection: 'close', ...(body && { 'content-length': String(body.length) }) };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const text = `${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n${body}`;
    socket.write(text.slice(0, -1), 'latin1');
    return new Shot(socket, text.slice(-1));
  }

  release(): void {
    this.socket.write(this.lastByte, 'latin1');
  }

  private read(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let text = '';
      this.socket.on('data', (part: string) => {
        this.isAnswered = true;
        text += part;
      });
      this.socket.once('error', reject).once('end', () => {
        resolve(parsed(text));
      });
    });
  }
}

/** Sends all last bytes at once. */
export async function volley(requests: readonly Request[]): Promise<Answer[]> {
  const shots = await Promise.all(requests.map((request) => Shot.load(request)));
  for (const shot of shots) shot.release();
  return Promise.all(shots.map(({ answer }) => answer));
}

/** The second request this many milliseconds after the first, whether that has a response or not. */
export async function pair(
  [one, two]: readonly [Request, Request],
  gap: number,
): Promise<{ answers: Answer[]; order: Order }> {
  const [first, second] = [await Shot.load(one), await Shot.load(two)];
  first.release();
  if (gap > 0) await sleep(gap);
  const { isAnswered } = first;
  second.release();
  const order = isAnswered ? 'after the answer' : (await hasCome(first)) ? 'either' : 'overlapping';
  return { answers: await Promise.all([first.answer, second.answer]), order };
}

/** Whether a response has arrived, also an unread one: the event loop checks all connections between two turns. */
async function hasCome(shot: Shot): Promise<boolean> {
  await nextTurn();
  await nextTurn();
  return shot.isAnswered;
}

function parsed(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = Buffer.from(text.slice(end + 4), 'latin1').toString();
  const isJson = headers.get('content-type')?.includes('json') === true;
  const json = isJson ? (JSON.parse(body) as Record<string, unknown>) : {};
  return { status: Number(first.split(' ')[1]), headers, text: body, json };
}
