import { createServer } from 'node:http';

/**
 * Serves an app, on the loopback interface unless told otherwise.
 * @returns {Promise<import('node:http').Server>}
 * @throws where the port is taken.
 */
export async function listen(app, port, host = '127.0.0.1') {
  const server = createServer(app);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
