/** Reads the body of a request up to a number of bytes, and stops reading when it is longer. */
import type { IncomingMessage } from 'node:http';
import { isUtf8 } from 'node:buffer';
import getRawBody from 'raw-body';
import { invalidRequest, payloadTooLarge } from '../../protocol/oauth-error.js';

/** How long a connection with an oversized body may go on sending, so that the client gets to read the answer. */
const LINGER_MS = 1_000;

/** @throws OAuthError 413 where the body is longer than `limit` bytes; 400 where the client disconnects or compressed it. */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw invalidRequest('Send the body without Content-Encoding: compressed bodies are not accepted.');
  }
  try {
    return await getRawBody(request, { limit, length: request.headers['content-length'] });
  } catch (error) {
    if (Reflect.get(Object(error), 'type') === 'entity.too.large') throw tooLong(request, limit);
    throw invalidRequest('The connection ended before the body of the request was complete.', error);
  }
}

/** @throws OAuthError invalid_request (400) where the bytes are not UTF-8 */
export function utf8Text(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw invalidRequest('The body of the request must be UTF-8.');
  return bytes.toString();
}

function tooLong(request: IncomingMessage, limit: number): Error {
  lingerBeforeClose(request);
  return payloadTooLarge(`Send at most ${limit} bytes.`).withHeaders({ connection: 'close' });
}

/**
 * A socket that is closed with unread bytes is reset, and the client may lose the answer that explains why. So incoming bytes
 * are discarded for a moment between the end of the answer and the end of the connection.
 */
export function lingerBeforeClose(request: IncomingMessage): void {
  const { socket } = request;
  socket.destroySoon = () => {
    const destroy = (): void => {
      socket.destroy();
    };
    socket.end();
    setTimeout(destroy, LINGER_MS).unref();
    request.once('end', destroy).once('close', destroy).resume();
  };
}
