/** The method and headers that a preflight asks for (Fetch standard, CORS-preflight fetch). */
import type { Exchange } from '../../exchange/exchange.js';

export function isPreflight({ method, headers }: Exchange): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
}

export function wantedMethod(headers: Exchange['headers']): string {
  return headers['access-control-request-method'] ?? '';
}

/** Header names in lower case. */
export function wantedHeaders(headers: Exchange['headers']): string[] {
  const text = headers['access-control-request-headers'] ?? '';
  return text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
