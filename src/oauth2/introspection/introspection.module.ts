/** Introspection for resource servers: whether a token is active, and its claims (RFC 7662). It changes nothing. */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionJwts } from './introspection-jwts.js';
import { IntrospectionService } from './introspection.service.js';
import { PublicIntrospectionController } from './public-introspection.controller.js';

@Module({
  imports: [ClientsModule, ConsentModule, IssuanceModule, KeysModule],
  controllers: [IntrospectionController, PublicIntrospectionController],
  providers: [IntrospectionService, IntrospectionJwts],
})
export class IntrospectionModule {}
