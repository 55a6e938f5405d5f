/** The modules of Ostiary in dependency order: each may use those above it. */
import { type DynamicModule, Module } from '@nestjs/common';
import { ClientEntity } from './clients/client.entity.js';
import { ClientsModule } from './clients/clients.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Configuration } from './config/configuration.js';
import { ConsentEntity } from './consent/consent.entity.js';
import { ConsentModule } from './consent/consent.module.js';
import { LoginSessionEntity } from './consent/login-session.entity.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { FlowStoreModule } from './flow-store/flow-store.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { InvalidationModule } from './invalidation/invalidation.module.js';
import { JsonWebKeyEntity } from './keys/json-web-key.entity.js';
import { KeysModule } from './keys/keys.module.js';
import { OAuth2Module } from './oauth2/oauth2.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { TrustedIssuerEntity } from './trust/trusted-issuer.entity.js';
import { TrustModule } from './trust/trust.module.js';

/** Every table that is read through TypeORM. */
export const ENTITIES = [JsonWebKeyEntity, ClientEntity, TrustedIssuerEntity, LoginSessionEntity, ConsentEntity];

@Module({})
export class AppModule {
  static register(configuration: Configuration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(configuration),
        ObservabilityModule,
        EventsModule,
        DatabaseModule.register({ entities: ENTITIES }),
        FlowStoreModule,
        InvalidationModule,
        HttpModule,
        HealthModule,
        KeysModule,
        ClientsModule,
        TrustModule,
        ConsentModule,
        OAuth2Module,
      ],
    };
  }
}
