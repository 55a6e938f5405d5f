/**
 * Handles input on a connection that is not HTTP, has too long a head, or comes too slowly. The fault is answered only where
 * no answer to an earlier request of the connection is pending: the client would take it for that answer.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { invalidRequest, OAuthError } from '../../protocol/oauth-error.js';

/**
 * The handler of the server's `clientError` event.
 * @param inFlight the pending answers of all connections
 */
export function handleConnectionFault(
  error: NodeJS.ErrnoException,
  socket: Socket,
  inFlight: Iterable<ServerResponse>,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const pending = [...inFlight].filter(({ req }) => req.socket === socket);
  const complete = pending.filter(({ req }) => req.complete);
  if (complete.length > 0) closeAfter(complete, socket);
  else if (pending.some(({ headersSent }) => headersSent)) socket.destroy();
  else socket.end(rawAnswer(faultOf(error)), () => socket.destroy());
}

/** Waits for pending answers, then ends the connection: nothing after the fault can be understood. */
function closeAfter(complete: ServerResponse[], socket: Socket): void {
  for (const response of complete) if (!response.headersSent) response.shouldKeepAlive = false;
  complete.at(-1)?.once('close', () => {
    socket.destroySoon();
  });
}

function faultOf({ code }: NodeJS.ErrnoException): OAuthError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return withStatus(
      431,
      'Request Header Fields Too Large',
      'Send a shorter request line and fewer or shorter headers.',
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return withStatus(408, 'Request Timeout', 'Send the whole request without pausing.');
  return invalidRequest('This is no well-formed HTTP/1.1 request.');
}

function withStatus(status: number, description: string, hint: string): OAuthError {
  return new OAuthError('invalid_request', { status, description: `${description}.`, hint });
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function rawAnswer(fault: OAuthError): string {
  const body = `${JSON.stringify(fault.toParameters())}\n`;
  return [
    `HTTP/1.1 ${fault.status} ${REASONS[fault.status] ?? 'Error'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
