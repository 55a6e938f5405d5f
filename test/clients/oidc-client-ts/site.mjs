/** The files of the application, at each of its addresses. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const FILES = {
  '/app.js': ['./public/app.js', 'text/javascript'],
  '/oidc-client-ts.js': ['./node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', 'text/javascript'],
  '/silent': ['./public/silent.html', 'text/html'],
};
const INDEX = ['./public/index.html', 'text/html'];

/** @param settings for the UserManager, which the application reads as JSON */
export async function serveSite(port, settings) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://app');
    if (pathname === '/settings.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(settings));
      return;
    }
    const [file, type] = FILES[pathname] ?? INDEX;
    response.writeHead(200, { 'content-type': type }).end(await readFile(new URL(file, import.meta.url)));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
