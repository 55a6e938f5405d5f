/**
 * Plain HTTP on a TLS port: allowed for proxies that have terminated TLS themselves (`tls.allow_termination_from`), and for
 * health checks and metrics, which are not secret. The proxy is recognised by the address of the connection, because anybody
 * can write a header.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { AddressRanges } from '../../exchange/address-ranges.js';
import { isProbe, splitTarget } from '../routes/request-path.js';

export class PlainRequests {
  private readonly proxies: AddressRanges;

  /** @param allowed networks of the proxies */
  constructor(allowed: readonly string[]) {
    this.proxies = new AddressRanges(allowed);
  }

  /** The reason for refusing a request; undefined where it came over TLS or may come without. */
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
