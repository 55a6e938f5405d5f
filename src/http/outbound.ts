/**
 * The one client for requests to other servers (hooks, key documents, logout tokens, identity provider). Always: http(s)
 * only, a deadline, a size limit, no redirects, and the host name resolved once with the connection pinned to what was
 * found, so that an answer of the name service that changes in between reaches nothing else.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { isException, isPublicAddress } from './address-guard.js';
import { OutboundError } from './outbound-error.js';
import { type OutboundResponse, type PinnedAddress, send } from './outbound-request.js';

export interface OutboundRequest {
  url: string;
  /** Default: GET. */
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For the whole exchange, name resolution included. */
  timeoutMs: number;
  /** Longest response body. */
  maxBytes: number;
  /**
   * False where the address came from a stranger: private, loopback and other special ranges are then refused. Default:
   * true, unless `clients.http.disallow_private_ip_ranges` refuses them for everybody.
   */
  allowPrivate?: boolean;
  /** Tries again after connection errors and 5xx answers, `count` times. Each try has the whole deadline. Default: none. */
  retry?: { count: number; pauseMs: number };
}

/** Follows a call, and gives headers to send along: how tracing looks on. */
export type CallWatch = (
  target: { method: string; host: string },
  work: (headers: Record<string, string>) => Promise<OutboundResponse>,
) => Promise<OutboundResponse>;

@Injectable()
export class Outbound {
  private watch: CallWatch = (_, work) => work({});

  constructor(private readonly config: ConfigHolder) {}

  /**
   * The answer, whatever its status.
   * @throws OutboundError, whose `reason` tells a refused address from a server that cannot be reached.
   */
  async fetch(request: OutboundRequest): Promise<OutboundResponse> {
    const url = webAddress(request.url);
    const { count, pauseMs } = request.retry ?? { count: 0, pauseMs: 0 };
    for (let left = count; ; left--) {
      const outcome = await this.try(url, request).catch((error: unknown) => asOutboundError(error, url));
      const failed = outcome instanceof OutboundError ? outcome.isTransient : outcome.status >= 500;
      if (failed && left > 0) await sleep(pauseMs);
      else if (outcome instanceof OutboundError) throw outcome;
      else return outcome;
    }
  }

  /**
   * Whether every address of the host is public, for rules that judge a URL before it is ever fetched.
   * @throws OutboundError where it is not, cannot be resolved, or is no http(s) URL.
   */
  async assertPublic(url: string, timeoutMs = 2_000): Promise<void> {
    const target = webAddress(url);
    await this.addresses(target, true, AbortSignal.timeout(timeoutMs)).catch((error: unknown) => {
      throw asOutboundError(error, target);
    });
  }

  private async try(url: URL, request: OutboundRequest): Promise<OutboundResponse> {
    const signal = AbortSignal.timeout(request.timeoutMs);
    const guarded = this.isGuarded(url, request.allowPrivate ?? true);
    const addresses = await this.addresses(url, guarded, signal);
    const { method = 'GET', headers, body, maxBytes } = request;
    return this.watch({ method, host: url.host }, (added) => {
      return send({ url, method, headers: { ...headers, ...added }, body, maxBytes, addresses, guarded, signal });
    });
  }

  /** From now on every call is followed. */
  watchWith(watch: CallWatch): void {
    this.watch = watch;
  }

  private isGuarded(url: URL, allowPrivate: boolean): boolean {
    const { disallow_private_ip_ranges: disallowed, private_ip_exception_urls: exceptions } =
      this.config.current.clients.http;
    return (!allowPrivate || disallowed) && !isException(exceptions, url);
  }

  /** One special address among several condemns the name: it could be the one that is taken. */
  private async addresses(url: URL, guarded: boolean, signal: AbortSignal): Promise<PinnedAddress[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    const found = family ? [{ address: host, family }] : await this.resolveInTime(host, signal);
    if (guarded && !found.every(({ address }) => isPublicAddress(address))) {
      throw new OutboundError('refused', `The host ${host} has an address in a private or special range.`);
    }
    return found;
  }

  private async resolveInTime(host: string, signal: AbortSignal): Promise<PinnedAddress[]> {
    const tooLate = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    tooLate.catch(() => undefined);
    return Promise.race([this.resolve(host), tooLate]);
  }

  /** Every address of the name, as the system resolves it. */
  protected resolve(host: string): Promise<PinnedAddress[]> {
    return lookup(host, { all: true });
  }
}

function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new OutboundError('address', 'The address is no absolute http or https URL.');
}

/** The host is named, path and query are not: they may hold secrets. */
function asOutboundError(error: unknown, url: URL): OutboundError {
  if (error instanceof OutboundError) return error;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return new OutboundError('timeout', `${url.host} did not answer in time.`, error);
  }
  const code = (error as NodeJS.ErrnoException).code ?? 'no further details';
  return new OutboundError('unreachable', `${url.host} cannot be reached (${code}).`, error);
}
