/**
 * An HTTPS server that distinguishes TLS from plain HTTP by the first byte of a connection: a client that speaks plain HTTP
 * by mistake gets an explanation, and a proxy that has terminated TLS may be admitted. Which plain requests are allowed is
 * decided elsewhere (`PlainRequests`).
 */
import type { RequestListener } from 'node:http';
import { Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { TlsMaterial } from './tls-material.js';

/** First byte of every TLS connection: the content type of a handshake record (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** The time limit for the first byte, and for the handshake, in milliseconds. */
const HANDSHAKE_MS = 5_000;

/** RFC 9325 §4.2: forward secrecy and authenticated encryption. The names of TLS 1.3 stand first. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** RFC 9325 §4.2 names these for TLS 1.2, and FAPI 2.0 Security Profile §5.2.1 permits no others. */
export const RECOMMENDED_CIPHERS = CIPHERS.split(':')
  .filter((name) => name.startsWith('TLS_') || name.includes('-GCM-'))
  .join(':');

type ConnectionListener = (this: Server, socket: Socket) => void;

export class TlsServer extends Server {
  /** Connections that have sent nothing yet. */
  private readonly silent = new Set<Socket>();
  private readonly encrypted: ConnectionListener[];

  /** @param context further options of the secure context; a new certificate keeps them */
  constructor(
    options: ServerOptions,
    material: TlsMaterial,
    handle: RequestListener,
    private readonly context: SecureContextOptions = {},
  ) {
    const secure = { ...secureOptions(material), ...context };
    super({ handshakeTimeout: HANDSHAKE_MS, noDelay: true, ...options, ...secure }, handle);
    this.encrypted = this.listeners('connection') as ConnectionListener[];
    this.removeAllListeners('connection').on('connection', (socket: Socket) => {
      this.tellApart(socket);
    });
    this.removeAllListeners('tlsClientError').on('tlsClientError', (_, socket) => {
      socket.destroy(); // a scanner, or a client without a current TLS version: it could not read an answer
    });
  }

  /** New connections get the new certificate; existing ones stay as they are. */
  replaceMaterial(material: TlsMaterial): void {
    this.setSecureContext({ ...secureOptions(material), ...this.context });
  }

  override close(callback?: (error?: Error) => void): this {
    for (const socket of this.silent) socket.destroy();
    return super.close(callback);
  }

  private tellApart(socket: Socket): void {
    const end = (): void => {
      socket.destroy();
    };
    this.silent.add(socket);
    socket.once('close', () => this.silent.delete(socket));
    socket.once('error', end).once('end', end).setTimeout(HANDSHAKE_MS, end);
    socket.once('data', (chunk: Buffer) => {
      this.silent.delete(socket);
      socket.off('error', end).off('end', end).off('timeout', end).setTimeout(0);
      socket.pause().unshift(chunk);
      if (chunk[0] === HANDSHAKE) this.shakeHands(socket);
      else this.servePlain(socket);
    });
  }

  private shakeHands(socket: Socket): void {
    for (const listener of this.encrypted) listener.call(this, socket);
  }

  /** The connection is served as HTTP, as after a handshake. */
  private servePlain(socket: Socket): void {
    this.emit('secureConnection', socket);
    process.nextTick(() => socket.resume());
  }
}

function secureOptions({ cert, key }: TlsMaterial): ServerOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: CIPHERS, honorCipherOrder: true };
}
