/** One request of a client that keeps its connections, and what it can conclude from the response. */
import { Agent, request } from 'node:http';

export interface Answer {
  lost?: undefined;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Empty where the body is not a JSON object. */
  json: Record<string, unknown>;
}

/** The client got no response: its request may have been executed, may still be executed, or never will. */
interface Lost {
  lost: string;
  status: 0;
}

export type Outcome = Answer | Lost;

export interface Asking {
  form?: Record<string, string>;
  json?: unknown;
  headers?: Record<string, string>;
}

/** How long a client waits for a response. */
const PATIENCE_MS = 12_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export function ask(method: string, url: string, { form, json, headers = {} }: Asking = {}): Promise<Outcome> {
  const body = form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const own = body === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const lose = (error: Error): void => {
      resolve({ lost: error.message, status: 0 });
    };
    const sent = request(url, { method, agent, headers: { ...headers, ...own } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('error', lose).once('close', () => {
        if (!response.complete) lose(new Error('the answer broke off'));
        else resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: objectOf(text) });
      });
    });
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error('no answer in time')));
    sent.once('error', lose);
    sent.end(body);
  });
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
