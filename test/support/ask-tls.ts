/** Requests with and without a certificate of the client, over a connection of their own each. */
import { request as plainRequest } from 'node:http';
import { type Agent, request as tlsRequest } from 'node:https';
import type { Certificate } from './certificates.js';

interface Asked {
  method?: string;
  form?: Record<string, string>;
  /** A list sends the header several times. */
  headers?: Record<string, string | string[]>;
  /** Of the client. */
  by?: Certificate;
  /** The issuers that it sends along. */
  issuers?: Certificate[];
  /** Of the server, or of its issuer. */
  ca?: Certificate;
  agent?: Agent;
}

export interface TlsAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: Record<string, unknown>;
}

export function askTls(url: string, asked: Asked = {}): Promise<TlsAnswer> {
  const { method = asked.form ? 'POST' : 'GET', form, headers = {}, by, issuers = [], ca, agent } = asked;
  const body = form && new URLSearchParams(form).toString();
  const own = by && { cert: [by, ...issuers].map(({ cert }) => `${cert}\n`).join(''), key: by.key };
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const options = {
    method,
    agent: agent ?? false,
    headers: { ...type, ...headers },
    servername: 'localhost',
    ca: ca?.cert,
    ...own,
  };
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? tlsRequest(url, options) : plainRequest(url, options);
    request.once('error', reject).once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject).once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    request.end(body);
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
