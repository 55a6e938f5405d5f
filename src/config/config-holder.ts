import type { Configuration } from './configuration.js';

/**
 * Holds the configuration in force. Nobody copies a value in a constructor: a reload replaces the whole object, and the
 * next request sees the new one. It is no class of Nest's: who only watches over the servers holds one, too.
 */
export class ConfigHolder {
  constructor(private configuration: Configuration) {}

  get current(): Configuration {
    return this.configuration;
  }

  /** Puts a validated configuration in force. */
  replace(next: Configuration): void {
    this.configuration = next;
  }
}
