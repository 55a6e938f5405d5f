/**
 * The health check of the image: exit code 0 where the admin port answers, 1 otherwise. It does not ask for the database, so
 * that nobody restarts servers that only wait for it. Where the port is not 4445, SERVE_ADMIN_PORT must say so.
 */
import { request } from 'node:http';

const { SERVE_ADMIN_HOST, SERVE_ADMIN_PORT } = process.env;
const host = SERVE_ADMIN_HOST && SERVE_ADMIN_HOST !== '0.0.0.0' ? SERVE_ADMIN_HOST : '127.0.0.1';
const port = Number(SERVE_ADMIN_PORT || 4445);
request({ host, port, path: '/health/alive', timeout: 3_000, agent: false })
  .once('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .once('timeout', () => process.exit(1))
  .once('error', () => process.exit(1))
  .end();
