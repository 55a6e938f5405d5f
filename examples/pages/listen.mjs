import { createServer } from 'node:http';

/**
 * Serves an app on the loopback interface.
 * @returns {Promise<import('node:http').Server>}
 * @throws where the port is taken.
 */
export async function listen(app, port) {
  const server = createServer(app);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
