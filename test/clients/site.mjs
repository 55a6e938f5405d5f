/** The files of an application in the browser. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

/**
 * @param {number} port of 127.0.0.1
 * @param {Record<string, { type: string, text?: string, file?: string | URL }>} files by path; `*` for every other path
 */
export async function serveSite(port, files) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://app');
    const { type, text, file } = files[pathname] ?? files['*'];
    response.writeHead(200, { 'content-type': type }).end(text ?? (await readFile(file)));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
