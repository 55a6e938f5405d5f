/** A server that ends TLS itself, with a listener for clients with certificates: as strangers see it. */
import type { Certificate } from '../../support/certificates.js';
import { inBase64, serverCertificate } from '../../support/certificates.js';
import { freePorts } from '../../support/free-ports.js';
import { startTestServer, type TestServer } from '../../support/server.js';

export interface HttpsSite {
  /** `https://localhost:port` */
  issuer: string;
  /** The address of the listener for clients with certificates. */
  mtls: string;
  server: TestServer;
  /** Its own certificate, which signs itself. */
  ca: Certificate;
}

export async function startHttpsSite(dsn: string, settings: Record<string, unknown>): Promise<HttpsSite> {
  const ca = await serverCertificate();
  const tls = { cert: inBase64(ca), key: inBase64({ cert: ca.key }) };
  const [onPublic = 0, onMtls = 0] = await freePorts(2);
  const [issuer, mtls] = [`https://localhost:${String(onPublic)}`, `https://localhost:${String(onMtls)}`];
  const server = await startTestServer(
    dsn,
    {
      urls: { self: { issuer, mtls }, login: 'http://ui.example/login', consent: 'http://ui.example/consent' },
      serve: {
        public: { tls: { enabled: true, ...tls } },
        mtls: { enabled: true, host: '127.0.0.1', port: onMtls, tls },
      },
      ...settings,
    },
    { ports: { public: onPublic, mtls: onMtls } },
  );
  return { issuer, mtls, server, ca };
}
