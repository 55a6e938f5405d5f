/** As much of a Kubernetes API server as Helm asks of one when a template looks a Secret up. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface LiveSecret {
  /** The annotation by which Helm knows what belongs to a release. */
  release?: string;
  data: Record<string, string>;
}

const VERBS = ['get', 'list', 'create', 'update', 'patch', 'delete'];
const RESOURCES = [{ name: 'secrets', singularName: 'secret', namespaced: true, kind: 'Secret', verbs: VERBS }];
const DISCOVERY: Record<string, unknown> = {
  '/version': { major: '1', minor: '36', gitVersion: 'v1.36.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: RESOURCES },
};

const encoded = (data: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

/** @param secrets the live Secrets, by `NAMESPACE/NAME` */
export async function startApiServer(
  secrets: Record<string, LiveSecret>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(({ url = '' }, response) => {
    const path = new URL(url, 'http://api').pathname;
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(path) ?? [];
    const secret = secrets[`${namespace ?? ''}/${name ?? ''}`];
    const annotations = secret?.release === undefined ? {} : { 'meta.helm.sh/release-name': secret.release };
    const body =
      DISCOVERY[path] ??
      (secret && {
        kind: 'Secret',
        apiVersion: 'v1',
        metadata: { name, namespace, annotations },
        data: encoded(secret.data),
      });
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}
