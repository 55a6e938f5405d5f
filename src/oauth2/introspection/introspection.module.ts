/** What resource servers ask: whether a token is active, and what it carries (RFC 7662). It changes nothing. */
import { Module } from '@nestjs/common';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionEndpoint } from './introspection.endpoint.js';
import { IntrospectionService } from './introspection.service.js';

@Module({
  imports: [IssuanceModule],
  controllers: [IntrospectionController],
  providers: [IntrospectionService, IntrospectionEndpoint],
  exports: [IntrospectionEndpoint],
})
export class IntrospectionModule {}
