/**
 * The client for all requests to other servers (hooks, key documents, logout tokens, identity provider). It always enforces
 * http(s), a deadline, a size limit and no redirects. It resolves the host name once and connects to the addresses found, so
 * that a later change of the name service has no effect.
 */
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { isException, isLoopback, isPublicAddress } from './address-guard.js';
import { NameLookUps, type HostChooser } from './name-look-ups.js';
import { OutboundError } from './outbound-error.js';
import { type OutboundResponse, type PinnedAddress, send } from './outbound-request.js';

export interface OutboundRequest {
  url: string;
  /** Default: GET. */
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The limit for the whole exchange, name resolution included. */
  timeoutMs: number;
  /** The longest response body. */
  maxBytes: number;
  /**
   * False where the address came from a stranger: private, loopback and other special ranges are then refused. Default: true,
   * unless `clients.http.disallow_private_ip_ranges` refuses them for everybody.
   */
  allowPrivate?: boolean;
  /** Whether an address of this machine is no special one: for development, where both servers run on it. Default: false. */
  allowLoopback?: boolean;
  /** Retries after connection errors and 5xx answers, `count` times. Each try has the whole deadline. Default: none. */
  retry?: { count: number; pauseMs: number };
}

/** Observes a call, and returns headers to send along: the hook for tracing. */
type CallWatch = (
  target: { method: string; host: string },
  work: (headers: Record<string, string>) => Promise<OutboundResponse>,
) => Promise<OutboundResponse>;

/** Which addresses a request may reach, and who chose its host. */
interface Reach {
  guarded: boolean;
  allowLoopback?: boolean;
  chosenBy: HostChooser;
}

@Injectable()
export class Outbound {
  private readonly nameLookUps = new NameLookUps();
  private watch: CallWatch = (_, work) => work({});

  constructor(private readonly config: ConfigHolder) {}

  /**
   * The answer, whatever its status.
   * @throws OutboundError, whose `reason` distinguishes a refused address from an unreachable server.
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
   * Checks that every address of the host is public, for rules that judge a URL before it is ever fetched.
   * @throws OutboundError where it is not, cannot be resolved, or is not an http(s) URL.
   */
  async assertPublic(url: string, timeoutMs = 2_000): Promise<void> {
    const target = webAddress(url);
    const reach = { guarded: true, chosenBy: 'stranger' } as const;
    await this.addresses(target, reach, AbortSignal.timeout(timeoutMs)).catch((error: unknown) => {
      throw asOutboundError(error, target);
    });
  }

  private async try(url: URL, request: OutboundRequest): Promise<OutboundResponse> {
    const signal = AbortSignal.timeout(request.timeoutMs);
    const { allowPrivate = true, allowLoopback } = request;
    const guarded = this.isGuarded(url, allowPrivate);
    const chosenBy = guarded && !allowPrivate ? 'stranger' : 'operator';
    const addresses = await this.addresses(url, { guarded, allowLoopback, chosenBy }, signal);
    const { method = 'GET', headers, body, maxBytes } = request;
    return this.watch({ method, host: url.host }, (added) => {
      return send({ url, method, headers: { ...headers, ...added }, body, maxBytes, addresses, guarded, signal });
    });
  }

  /** From now on every call is observed. */
  watchWith(watch: CallWatch): void {
    this.watch = watch;
  }

  private isGuarded(url: URL, allowPrivate: boolean): boolean {
    const { disallow_private_ip_ranges: disallowed, private_ip_exception_urls: exceptions } =
      this.config.current.clients.http;
    return (!allowPrivate || disallowed) && !isException(exceptions, url);
  }

  /** One special address among several makes the whole name refused, because the connection could use it. */
  private async addresses(url: URL, reach: Reach, signal: AbortSignal): Promise<PinnedAddress[]> {
    const { guarded, allowLoopback = false, chosenBy } = reach;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    const found = family ? [{ address: host, family }] : await this.resolveInTime(host, chosenBy, signal);
    const isAllowed = ({ address }: PinnedAddress) =>
      isPublicAddress(address) || (allowLoopback && isLoopback(address));
    if (guarded && !found.every(isAllowed)) {
      throw new OutboundError('refused', `The host ${host} has an address in a private or special range.`);
    }
    return found;
  }

  private async resolveInTime(host: string, chosenBy: HostChooser, signal: AbortSignal): Promise<PinnedAddress[]> {
    const tooLate = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    tooLate.catch(() => undefined);
    return Promise.race([this.resolve(host, chosenBy), tooLate]);
  }

  /** Every address of the name. */
  protected resolve(host: string, chosenBy: HostChooser): Promise<PinnedAddress[]> {
    return this.nameLookUps.find(host, chosenBy);
  }
}

function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new OutboundError('address', 'The address is not an absolute http or https URL.');
}

/** The message names the host, but not path and query: they may hold secrets. */
function asOutboundError(error: unknown, url: URL): OutboundError {
  if (error instanceof OutboundError) return error;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return new OutboundError('timeout', `${url.host} did not answer in time.`, error);
  }
  const code = (error as NodeJS.ErrnoException).code ?? 'no further details';
  return new OutboundError('unreachable', `${url.host} cannot be reached (${code}).`, error);
}
