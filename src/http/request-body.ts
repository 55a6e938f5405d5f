/** Reads the body of a request, at most a number of bytes, and never on when it is longer. */
import type { IncomingMessage } from 'node:http';
import { isUtf8 } from 'node:buffer';
import { invalidRequest, payloadTooLarge } from '../protocol/oauth-error.js';

/** How long a condemned connection may go on sending, so that the client gets to read the answer. */
const LINGER_MS = 1_000;

/** @throws OAuthError 413 where the body is longer than `limit` bytes; 400 where the client goes away or compressed it. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return Promise.reject(
      invalidRequest('Send the body without Content-Encoding: compressed bodies are not accepted.'),
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLong(request, limit));
  return collect(request, limit);
}

/** @throws OAuthError invalid_request (400) where the bytes are no UTF-8 */
export function utf8Text(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw invalidRequest('The body of the request must be UTF-8.');
  return bytes.toString();
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const done = (settle: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else
        done(() => {
          reject(tooLong(request, limit));
        });
    };
    const onEnd = (): void => {
      done(() => {
        resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      });
    };
    const onGone = (): void => {
      done(() => {
        reject(invalidRequest('The connection ended before the body of the request was complete.'));
      });
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function tooLong(request: IncomingMessage, limit: number): Error {
  lingerBeforeClose(request);
  return payloadTooLarge(`Send at most ${limit} bytes.`).withHeaders({ connection: 'close' });
}

/**
 * A socket that is closed while unread bytes wait is reset, and the client may lose the answer that explains why. So the
 * rest is thrown away for a moment between the end of the answer and the end of the connection.
 */
function lingerBeforeClose(request: IncomingMessage): void {
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
