/**
 * The address that a request comes from. Behind proxies the connection is the proxy's: then the last address counts that a
 * trusted proxy named (X-Forwarded-For, to which each proxy appends). Clients can put any value there, so it is not believed
 * where no trusted proxy wrote it.
 */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import { AddressRanges } from './address-ranges.js';

const MAPPED = '::ffff:';
const compiled = new WeakMap<readonly string[], AddressRanges>();
/** `192.0.2.1:1234`, `[2001:db8::1]:1234`, `[2001:db8::1]` */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|([^:]+):\d+)$/;

/**
 * @param trusted networks of the proxies; empty: the address of the connection counts. A peer on a unix socket runs on this
 * machine and is trusted where any network is.
 */
export function clientAddress(request: IncomingMessage, trusted: readonly string[]): string {
  const peer = withoutMapping(request.socket.remoteAddress ?? '');
  if (trusted.length === 0) return peer;
  const proxies = rangesOf(trusted);
  let address = peer;
  for (const hop of hopsOf(request).reverse()) {
    if (address !== '' && !proxies.contains(address)) break;
    const named = addressIn(hop);
    if (named === undefined) break; // "unknown" or garbage: an address further away cannot be trusted either
    address = named;
  }
  return address;
}

/** Whether the connection is that of a trusted proxy, whose headers count. The same holds for a unix socket as above. */
export function isTrustedPeer(request: IncomingMessage, trusted: readonly string[]): boolean {
  if (trusted.length === 0) return false;
  const peer = withoutMapping(request.socket.remoteAddress ?? '');
  return peer === '' || rangesOf(trusted).contains(peer);
}

function rangesOf(trusted: readonly string[]): AddressRanges {
  let ranges = compiled.get(trusted);
  if (!ranges) compiled.set(trusted, (ranges = new AddressRanges(trusted)));
  return ranges;
}

/** The furthest hop comes first. Node joins repeated headers with commas. */
function hopsOf({ headers }: IncomingMessage): string[] {
  const sent = headers['x-forwarded-for'];
  return sent === undefined ? [] : String(sent).split(',');
}

function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const [, bracketed, bare] = WITH_PORT.exec(text) ?? [];
  const address = bracketed ?? bare ?? text;
  return isIP(address) > 0 ? withoutMapping(address) : undefined;
}

/** An IPv4 client of a dual-stack listener has its IPv4 address in log lines and limits (RFC 4291 §2.5.5.2). */
function withoutMapping(address: string): string {
  if (!address.startsWith(MAPPED)) return address;
  const bare = address.slice(MAPPED.length);
  return isIPv4(bare) ? bare : address;
}
