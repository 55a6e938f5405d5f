import type { Configuration } from './configuration.js';

/**
 * Holds the current configuration. Constructors must not copy a value: a reload replaces the whole object, and the next
 * request sees the new one. It does not depend on Nest, because the supervisor of the workers has one too.
 */
export class ConfigHolder {
  constructor(private configuration: Configuration) {}

  get current(): Configuration {
    return this.configuration;
  }

  /** Replaces the current configuration by a validated one. */
  replace(next: Configuration): void {
    this.configuration = next;
  }
}
