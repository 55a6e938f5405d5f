/** The server's API for the client commands. It sends JSON or a form, reads JSON, and throws when the server refuses. */
import { parseJson, stringifyJson } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import { exchange, type HttpAnswer } from './http-exchange.js';
import { refusal } from './refusal.js';

export interface Connection {
  /** The base address, without a slash at the end. */
  endpoint: string;
  /** Headers that every request carries; names in lower case. */
  headers: Record<string, string>;
  skipTlsVerify: boolean;
}

/** A list is sent as a repeated parameter. */
export type Form = Record<string, string | readonly string[]>;

interface Call {
  query?: Record<string, string | undefined>;
  json?: unknown;
  form?: Form | URLSearchParams;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  headers: HttpAnswer['headers'];
  /** Undefined where the response has no body. Whole numbers beyond 2^53 are BigInt. */
  body: unknown;
}

export class Api {
  constructor(readonly connection: Connection) {}

  /**
   * @param address a path below the endpoint whose parts are encoded, or an absolute address
   * @throws CommandFailed where the response is not 2xx, or not JSON
   */
  async call(method: string, address: string, call: Call = {}): Promise<Reply> {
    const url = this.url(address, call.query);
    return replyOf(method, url, await this.send(method, url, call));
  }

  /** Returns the response, whatever its status and content type. */
  send(method: string, url: URL, { json, form, headers }: Call): Promise<HttpAnswer> {
    const { headers: always, skipTlsVerify } = this.connection;
    const content = contentOf(json, form);
    return exchange({
      method,
      url,
      headers: { accept: 'application/json', 'user-agent': 'ostiary', ...content?.headers, ...headers, ...always },
      body: content?.body,
      skipTlsVerify,
    });
  }

  /** @throws CommandFailed where the address is not http or https */
  url(address: string, query: Call['query'] = {}): URL {
    const url = webAddress(address.startsWith('/') ? this.connection.endpoint + address : address);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }
}

/** @throws CommandFailed where the text is not an http or https address */
export function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CommandFailed(`"${text}" is no address: write it as http://127.0.0.1:4445.`);
}

function formBody(form: Form | URLSearchParams): string {
  if (form instanceof URLSearchParams) return form.toString();
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

function contentOf(json: unknown, form: Call['form']): { headers: Record<string, string>; body: string } | undefined {
  if (form) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { headers, body: formBody(form) };
  }
  if (json === undefined) return undefined;
  return { headers: { 'content-type': 'application/json' }, body: stringifyJson(json) };
}

/** @throws CommandFailed where the response is not 2xx, or not JSON */
export function replyOf(method: string, url: URL, answer: HttpAnswer): Reply {
  const { status, headers, text } = answer;
  if (status < 200 || status > 299) throw refusal(method, url, answer);
  try {
    return { status, headers, body: text === '' ? undefined : parseJson(text) };
  } catch {
    throw refusal(method, url, answer);
  }
}
