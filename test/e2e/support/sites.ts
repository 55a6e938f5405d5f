/**
 * Sites under different host names on this machine: one listener for http and one for https, both of which choose the
 * site by the Host header. A browser that is launched with `rules` finds them. Certificates are self-signed.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export class Sites {
  private readonly sites = new Map<string, http.RequestListener>();
  private readonly listeners: http.Server[] = [];
  /** For Chromium's `--host-resolver-rules`. */
  rules = '';

  static async open(): Promise<Sites> {
    const sites = new Sites();
    const answer: http.RequestListener = (request, response) => {
      sites.answer(request, response);
    };
    const [plain, tls] = [http.createServer(answer), https.createServer(await selfSigned(), answer)];
    sites.listeners.push(plain, tls);
    for (const listener of sites.listeners) await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    const port = (listener: http.Server): string => String((listener.address() as AddressInfo).port);
    sites.rules = `MAP *.test:80 127.0.0.1:${port(plain)}, MAP *.test:443 127.0.0.1:${port(tls)}`;
    return sites;
  }

  serve(host: string, site: http.RequestListener): void {
    this.sites.set(host, site);
  }

  /** Forwards like a reverse proxy that keeps the Host header. @param base `http://host:port` */
  forward(host: string, base: string): void {
    this.serve(host, (request, response) => {
      const { url = '/', method, headers } = request;
      const on = http.request(base + url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      on.once('error', () => response.writeHead(502).end());
      request.pipe(on);
    });
  }

  async close(): Promise<void> {
    for (const listener of this.listeners) {
      listener.closeAllConnections();
      await new Promise((done) => listener.close(done));
    }
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const site = this.sites.get(request.headers.host ?? '');
    if (site) site(request, response);
    else response.writeHead(404).end();
  }
}

async function selfSigned(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const what = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', [...what, '-subj', '/CN=example.test', '-keyout', key, '-out', cert]);
  const pair = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return pair;
}
