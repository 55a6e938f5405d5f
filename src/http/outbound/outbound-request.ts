/** Sends one request over one pinned connection. `Outbound` decides which requests are allowed. */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { OutboundError } from './outbound-error.js';

export interface PinnedAddress {
  address: string;
  family: number;
}

export interface OutboundResponse {
  status: number;
  /** Header names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

interface PinnedRequest {
  url: URL;
  method: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  maxBytes: number;
  addresses: PinnedAddress[];
  /** Whether the addresses had to be public: such requests never share a connection with others. */
  guarded: boolean;
  signal: AbortSignal;
}

const KEEP = { keepAlive: true, maxFreeSockets: 16, timeout: 30_000 };
/** Strangers choose the hosts: connections to arbitrarily many hosts are not kept open. */
const CLOSE = { keepAlive: false };
const AGENTS = {
  guarded: { http: new HttpAgent(CLOSE), https: new HttpsAgent(CLOSE) },
  open: { http: new HttpAgent(KEEP), https: new HttpsAgent(KEEP) },
};

/** Sends the request, and retries once where a kept-alive connection turns out to have been closed by the other side. */
export async function send(request: PinnedRequest): Promise<OutboundResponse> {
  try {
    return await sendOnce(request);
  } catch (error) {
    if (error instanceof StaleConnection) return sendOnce(request);
    throw error;
  }
}

class StaleConnection extends Error {}

function sendOnce(request: PinnedRequest): Promise<OutboundResponse> {
  return new Promise((resolve, reject) => {
    const secure = request.url.protocol === 'https:';
    const sent = (secure ? httpsRequest : httpRequest)(request.url, options(request, secure));
    let isAnswered = false;
    sent.on('response', (response) => {
      isAnswered = true;
      readBody(response, request.maxBytes).then((text) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      }, reject);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const stale = sent.reusedSocket && error.code === 'ECONNRESET' && !request.signal.aborted;
      reject(stale ? new StaleConnection() : error);
    });
    // After 101 (RFC 9110 §15.2.2), which was never asked for, Node closes the connection without answer or error.
    sent.on('close', () => {
      if (!isAnswered) reject(new Error('The connection was closed without an answer.'));
    });
    sent.end(request.body);
  });
}

function options(
  { method, headers, body, addresses, guarded, signal }: PinnedRequest,
  secure: boolean,
): RequestOptions {
  const { http, https } = guarded ? AGENTS.guarded : AGENTS.open;
  return {
    method,
    headers: {
      accept: '*/*',
      'user-agent': 'ostiary',
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      ...headers,
    },
    agent: secure ? https : http,
    lookup: pinned(addresses),
    signal,
  };
}

/** Answers every look-up of the connection with the addresses that were resolved and checked before. */
function pinned(addresses: PinnedAddress[]): LookupFunction {
  return (_host, wanted, callback) => {
    const [first] = addresses;
    if (!first) callback(Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' }), '');
    else if (wanted.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      throw new OutboundError('too_large', `The answer is longer than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
