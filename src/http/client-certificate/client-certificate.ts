/**
 * The certificate of the client that sent a request (RFC 8705 §2, RFC 9440): of the connection on the listener for mutual
 * TLS; on the public listener what a trusted proxy wrote into its header. Elsewhere, and from anybody else, the header is
 * nothing: whoever reaches the listener could write it (RFC 9440 §4).
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Configuration, MutualTlsConfiguration } from '../../config/configuration.js';
import { isTrustedPeer } from '../exchange/client-address.js';
import type { ListenerName } from '../exchange/exchange.js';
import { CERTIFICATE_FORMATS } from './formats/index.js';
import { type PresentedCertificate, presentedCertificate } from './presented-certificate.js';

type Proxy = NonNullable<MutualTlsConfiguration['proxy']>;

/** The limit for a header. A percent-encoded PEM text is almost twice as long as its certificate. */
const MAX_HEADER_CHARACTERS = 32_768;

/** A connection has one certificate for all its requests. */
const ofConnections = new WeakMap<Socket, PresentedCertificate | 'unreadable'>();

interface Received {
  listener: ListenerName;
  request: IncomingMessage;
}

/** Undefined where the client has none; `unreadable` where the header of the proxy is not of its format, or too large. */
export function clientCertificate(
  { listener, request }: Received,
  configuration: Configuration,
): PresentedCertificate | 'unreadable' | undefined {
  if (!configuration.oauth2.mtls.enabled) return undefined;
  if (listener === 'mtls') return ofConnection(request.socket);
  const proxy = trustedProxy({ listener, request }, configuration);
  return proxy && ofHeaders(request.headers, proxy);
}

/** Whether a trusted proxy sent two headers with a certificate: one of them may be the client's own. */
export function isCertificateRepeated(received: Received, configuration: Configuration): boolean {
  const { proxy } = configuration.oauth2.mtls;
  const { headers } = received.request;
  if (!proxy || headers[proxy.header] === undefined) return false;
  if (!trustedProxy(received, configuration)) return false;
  const { headersDistinct } = received.request;
  return [proxy.header, proxy.chain_header ?? ''].some((name) => (headersDistinct[name]?.length ?? 0) > 1);
}

function trustedProxy({ listener, request }: Received, { oauth2, serve }: Configuration): Proxy | undefined {
  const isTrusted =
    listener === 'public' && oauth2.mtls.enabled && isTrustedPeer(request, serve.public.trusted_proxies);
  return isTrusted ? oauth2.mtls.proxy : undefined;
}

function ofHeaders(
  headers: IncomingMessage['headers'],
  { header, chain_header, format }: Proxy,
): PresentedCertificate | 'unreadable' | undefined {
  const parser = CERTIFICATE_FORMATS[format];
  const [first, second] = [textOf(headers[header]), chain_header === undefined ? '' : textOf(headers[chain_header])];
  if (first === '') return undefined;
  if (first.length + second.length > MAX_HEADER_CHARACTERS) return 'unreadable';
  const own = parser.leaf(first);
  const issuers = second === '' || !parser.chain ? [] : parser.chain(second);
  if (!own || !issuers) return 'unreadable';
  return own.length === 0 ? undefined : (presentedCertificate([...own, ...issuers]) ?? 'unreadable');
}

const textOf = (value: string | string[] | undefined): string => String(value ?? '').trim();

/** OpenSSL has parsed it, and bounds its size. Node.js gives the issuers once: what was found counts for all requests. */
function ofConnection(socket: Socket): PresentedCertificate | 'unreadable' | undefined {
  const known = ofConnections.get(socket);
  if (known) return known;
  const first = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!first) return undefined;
  const sent: Buffer[] = [];
  for (let one: typeof first | undefined = first; one; one = one.issuerCertificate) sent.push(one.raw);
  const presented = presentedCertificate(sent) ?? 'unreadable';
  ofConnections.set(socket, presented);
  return presented;
}
