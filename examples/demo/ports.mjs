import { createServer } from 'node:net';

/** What a person can read; the demo prints it without a stack and ends. */
export class DemoError extends Error {}

/** The ports of the demo by their environment variables. @throws DemoError */
export function readPorts(env) {
  return {
    public: port(env, 'SERVE_PUBLIC_PORT', 4444),
    admin: port(env, 'SERVE_ADMIN_PORT', 4445),
    login: port(env, 'LOGIN_PORT', 3000),
    app: port(env, 'APP_PORT', 5555),
  };
}

function port(env, name, fallback) {
  const value = Number(env[name] || fallback);
  if (Number.isInteger(value) && value > 0 && value < 65536) return value;
  throw new DemoError(`${name} must be a port between 1 and 65535, not ${JSON.stringify(env[name])}.`);
}

/** @throws DemoError that names every port somebody else listens on. */
export async function requireFree(ports) {
  const variables = { public: 'SERVE_PUBLIC_PORT', admin: 'SERVE_ADMIN_PORT', login: 'LOGIN_PORT', app: 'APP_PORT' };
  const taken = [];
  for (const [use, number] of Object.entries(ports)) {
    if (!(await isFree(number)))
      taken.push(`Port ${number} is taken. Stop what listens there, or set ${variables[use]}.`);
  }
  if (taken.length > 0) throw new DemoError(taken.join('\n'));
}

function isFree(number) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(number, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
