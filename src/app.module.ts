/** The modules of Ostiary in dependency order: each may use those above it. */
import { type DynamicModule, Module } from '@nestjs/common';
import { ClientsModule } from './clients/clients.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Configuration } from './config/configuration.js';
import { ConsentModule } from './consent/consent.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { FlowStoreModule } from './flow-store/flow-store.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { ImportedModule } from './imported/imported.module.js';
import { InvalidationModule } from './invalidation/invalidation.module.js';
import { JwtModule } from './jwt/jwt.module.js';
import { KeysModule } from './keys/keys.module.js';
import { OAuth2Module } from './oauth2/oauth2.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { CLEAN_UP } from './sweeps.js';
import { TrustModule } from './trust/trust.module.js';

@Module({})
export class AppModule {
  static register(configuration: Configuration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(configuration),
        ObservabilityModule,
        EventsModule,
        DatabaseModule.register({ cleanUp: CLEAN_UP }),
        FlowStoreModule,
        InvalidationModule,
        HttpModule,
        HealthModule,
        ImportedModule,
        KeysModule,
        JwtModule,
        ClientsModule,
        TrustModule,
        ConsentModule,
        OAuth2Module,
      ],
    };
  }
}
