/**
 * The configuration module: schema, loader, and the holder of the current configuration. Only this module reads the
 * environment. It is global: other modules inject ConfigHolder and read `current` at each use.
 *
 * It must not know the purpose of a key: the modules that use a key define its meaning.
 */
import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigHolder } from './config-holder.js';
import type { Configuration } from './configuration.js';

@Module({})
export class ConfigModule {
  static register(configuration: Configuration): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: ConfigHolder, useValue: new ConfigHolder(configuration) }],
      exports: [ConfigHolder],
    };
  }
}
