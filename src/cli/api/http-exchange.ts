/** One HTTP request of a client command: with one deadline, a limit on the size of the response, and no redirects. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { CommandFailed } from '../command-failed.js';
import { connectionFault } from './connection-fault.js';

interface HttpRequest {
  method: string;
  url: URL;
  /** Header names are in lower case. */
  headers: Record<string, string>;
  body?: string;
  /** Whether any certificate is accepted. */
  skipTlsVerify?: boolean;
  /** Default: ten seconds, as in Hydra. */
  timeoutMs?: number;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 << 20;

/** Returns the response, whatever its status. @throws CommandFailed where there is none */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { timeoutMs = TIMEOUT_MS, url } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await send(request, signal);
    return { status: response.statusCode ?? 0, headers: response.headers, text: await read(response, url) };
  } catch (error) {
    if (signal.aborted)
      throw new CommandFailed(`${url.host} did not answer within ${timeoutMs / 1000} seconds.`, error);
    throw error instanceof CommandFailed ? error : connectionFault(url, error);
  }
}

async function send(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body, skipTlsVerify = false } = request;
  const options: RequestOptions & { rejectUnauthorized: boolean } = {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
    agent: false, // a kept connection would keep the process alive
    rejectUnauthorized: !skipTlsVerify,
    signal,
  };
  const start = url.protocol === 'https:' ? (await import('node:https')).request : httpRequest;
  return new Promise((resolve, reject) => {
    start(url, options).on('response', resolve).on('error', reject).end(body);
  });
}

async function read(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new CommandFailed(`The answer of ${url.host} is longer than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
