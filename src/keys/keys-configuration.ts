import type { Configuration } from '../config/configuration.js';
import type { SigningAlgorithm } from './algorithms.js';

/** `keys` of the configuration: what this server adds to the reference's. All of it is optional. */
export interface KeysConfiguration {
  /** Algorithm of the key that is made for a set that has none; default RS256. */
  algorithm?: SigningAlgorithm;
  /** Size of RSA keys that are made here; default 2048. */
  rsa_bits?: number;
  rotation?: RotationConfiguration;
}

/** Automatic rotation of the two signing sets. Seconds. */
export interface RotationConfiguration {
  enabled: boolean;
  /** How long a key signs. */
  every: number;
  /** How long before it signs a key is published, so that everybody who caches the key set knows it in time. */
  publish_ahead: number;
  /** How long after it stopped signing a key is published: the longest life of what it signed. */
  keep_retired: number;
}

const DEFAULT_RSA_BITS = 2048;

export function keysConfiguration(configuration: Configuration): KeysConfiguration {
  return (configuration as Configuration & { keys?: KeysConfiguration }).keys ?? {};
}

/** How a key is made for a set that has none. */
export function defaultKey(configuration: Configuration): { alg: SigningAlgorithm; rsaBits: number } {
  return { alg: keysConfiguration(configuration).algorithm ?? 'RS256', rsaBits: rsaBits(configuration) };
}

export function rsaBits(configuration: Configuration): number {
  return keysConfiguration(configuration).rsa_bits ?? DEFAULT_RSA_BITS;
}
