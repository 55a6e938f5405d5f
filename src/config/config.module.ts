/**
 * The room of configuration: schema, loader, and the holder of what is in force. It is the only reader of the
 * environment, and global: everybody injects ConfigHolder and reads `current` at each use.
 *
 * It must not know what a key is for: whoever uses one gives it its meaning.
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
