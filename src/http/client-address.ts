/**
 * Where a request comes from. Behind proxies the connection is theirs: then the last address counts that a trusted proxy
 * named (X-Forwarded-For, which each proxy appends to). A stranger may write there what he likes and is not believed.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { AddressRanges } from './address-ranges.js';

const compiled = new WeakMap<readonly string[], AddressRanges>();
/** `192.0.2.1:1234`, `[2001:db8::1]:1234`, `[2001:db8::1]` */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|([^:]+):\d+)$/;

/**
 * @param trusted networks of the proxies; empty: the address of the connection counts. On a unix socket whoever connects
 * is of this machine, and trusted where any network is.
 */
export function clientAddress(request: IncomingMessage, trusted: readonly string[]): string {
  const peer = request.socket.remoteAddress ?? '';
  if (trusted.length === 0) return peer;
  const proxies = rangesOf(trusted);
  let address = peer;
  for (const hop of hopsOf(request).reverse()) {
    if (address !== '' && !proxies.contains(address)) break;
    const named = addressIn(hop);
    if (named === undefined) break; // "unknown", or garbage: what is further away cannot be trusted either
    address = named;
  }
  return address;
}

function rangesOf(trusted: readonly string[]): AddressRanges {
  let ranges = compiled.get(trusted);
  if (!ranges) compiled.set(trusted, (ranges = new AddressRanges(trusted)));
  return ranges;
}

/** Furthest first; Node joins repeated headers with commas. */
function hopsOf({ headers }: IncomingMessage): string[] {
  const sent = headers['x-forwarded-for'];
  return sent === undefined ? [] : String(sent).split(',');
}

function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const [, bracketed, bare] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? bare ?? text;
  return isIP(address) > 0 ? address : undefined;
}
