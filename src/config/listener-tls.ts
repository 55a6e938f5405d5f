/** TLS of one listener. A key that the listener does not have is taken from `serve.tls`. */
import type { ListenerConfiguration, PemSource, TlsConfiguration } from './configuration.js';
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

/** Whether the listener uses TLS. A unix socket does not need it. */
export function speaksTls(serve: ServeSettings, name: ListenerName): boolean {
  return tlsOf(serve, name).enabled && !serve[name].host.startsWith('unix:');
}

/** The configuration keys of the certificate and its private key, if they are missing. */
export function missingMaterial(serve: ServeSettings, name: ListenerName): string[] {
  const { cert, key } = tlsOf(serve, name);
  const place = serve[name].tls.enabled === undefined ? 'serve.tls' : `serve.${name}.tls`;
  return [...(isGiven(cert) ? [] : [`${place}.cert`]), ...(isGiven(key) ? [] : [`${place}.key`])];
}

/** Whether neither a certificate nor a key was given. If only one is missing, that is a mistake. */
export function lacksMaterial(serve: ServeSettings, name: ListenerName): boolean {
  return missingMaterial(serve, name).length === 2;
}

/** Whether a listener of the complete configuration uses TLS but has neither a certificate nor a key. */
export function needsCertificate({ host, tls: { enabled, cert, key } }: ListenerConfiguration): boolean {
  return enabled && !host.startsWith('unix:') && !isGiven(cert) && !isGiven(key);
}

function isGiven({ path, base64 }: PemSource): boolean {
  return Boolean(path) || Boolean(base64);
}
