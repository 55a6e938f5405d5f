/**
 * The TLS server of the listener for mutual TLS (RFC 8705 §2). It asks for a certificate and accepts any, or none: which one
 * authenticates a client depends on the client, which only the request names. The handshake proves that the client has the
 * private key.
 */
import { constants } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { TlsMaterial } from './tls-material.js';
import { TlsServer } from './tls-server.js';

/**
 * No resumption: a resumed session has the certificate of the client but not its issuers, and an authority that was removed
 * meanwhile would still count. Without tickets OpenSSL looks a session up in a cache, which Node.js does not keep.
 * No renegotiation: the certificate of a connection never changes.
 */
const SECURE_OPTIONS = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;

export function mutualTlsServer(
  options: ServerOptions,
  material: TlsMaterial,
  handle: RequestListener,
  context: SecureContextOptions = {},
): TlsServer {
  const asking = { ...options, requestCert: true, rejectUnauthorized: false };
  return new TlsServer(asking, material, handle, { ...context, secureOptions: SECURE_OPTIONS });
}
