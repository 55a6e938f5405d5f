// The hook of the operator for backchannel authentication. It takes every request.
import { createServer } from 'node:http';

const PORT = 5606;
export const CIBA_HOOK = `http://127.0.0.1:${PORT}/ciba`;

/** Listens, unless another generator does already. */
export const acceptAll = () =>
  new Promise((ok) => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(204).end());
    });
    server.once('error', () => ok({ close: () => undefined }));
    server.listen(PORT, '127.0.0.1', () => ok(server));
  });
