/**
 * Plain HTTP on a port that speaks TLS: it is for proxies that have ended TLS themselves (`tls.allow_termination_from`),
 * and for health checks and scrapers, which give nothing away. Who the proxy is decides the address of the connection, for
 * a header could be written by anybody.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { OAuthError } from '../../protocol/oauth-error.js';
import { AddressRanges } from '../address-ranges.js';
import { isProbe, splitTarget } from '../request-path.js';

export class PlainRequests {
  private readonly proxies: AddressRanges;

  /** @param allowed networks of the proxies */
  constructor(allowed: readonly string[]) {
    this.proxies = new AddressRanges(allowed);
  }

  /** Why a request is not served; undefined for one that came over TLS or may come without. */
  fault(request: IncomingMessage): OAuthError | undefined {
    if ((request.socket as Partial<TLSSocket>).encrypted) return undefined;
    const proto = request.headers['x-forwarded-proto'];
    if (proto === 'https' && this.proxies.contains(request.socket.remoteAddress)) return undefined;
    return isProbe(splitTarget(request.url ?? '').path) ? undefined : refused();
  }
}

function refused(): OAuthError {
  return new OAuthError('invalid_request', {
    status: 400,
    description: 'This port speaks TLS, and the request came as plain HTTP.',
    hint: 'Use https. A proxy that has ended TLS sends X-Forwarded-Proto: https, and tls.allow_termination_from names it.',
  });
}
