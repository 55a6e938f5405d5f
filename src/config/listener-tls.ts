/** TLS of one listener: what it does not say itself is that of `serve.tls`. */
import type { PemSource, TlsConfiguration } from './configuration.js';
import type { ServeSettings } from './settings.js';

export const LISTENERS = ['public', 'admin'] as const;
type ListenerName = (typeof LISTENERS)[number];

export function tlsOf(serve: ServeSettings, name: ListenerName): TlsConfiguration {
  const { tls: own } = serve[name];
  return {
    enabled: own.enabled ?? serve.tls.enabled,
    cert: isGiven(own.cert) ? own.cert : serve.tls.cert,
    key: isGiven(own.key) ? own.key : serve.tls.key,
    allow_termination_from: own.allow_termination_from ?? serve.tls.allow_termination_from,
  };
}

/** A socket of this machine needs no TLS. */
export function speaksTls(serve: ServeSettings, name: ListenerName): boolean {
  return tlsOf(serve, name).enabled && !serve[name].host.startsWith('unix:');
}

/** The keys where a certificate or its key would have to be given. */
export function missingMaterial(serve: ServeSettings, name: ListenerName): string[] {
  const { cert, key } = tlsOf(serve, name);
  const place = serve[name].tls.enabled === undefined ? 'serve.tls' : `serve.${name}.tls`;
  return [...(isGiven(cert) ? [] : [`${place}.cert`]), ...(isGiven(key) ? [] : [`${place}.key`])];
}

function isGiven({ path, base64 }: PemSource): boolean {
  return Boolean(path) || Boolean(base64);
}
