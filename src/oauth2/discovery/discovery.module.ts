/**
 * What the server says of itself (OpenID Connect Discovery, RFC 8414). The only room that reads the lists of the other
 * endpoints, so that the metadata cannot disagree with the code.
 */
import { Module } from '@nestjs/common';
import { KeysModule } from '../../keys/keys.module.js';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryEndpoint } from './discovery.endpoint.js';
import { DiscoveryService } from './discovery.service.js';

@Module({
  imports: [KeysModule],
  controllers: [DiscoveryController],
  providers: [DiscoveryService, DiscoveryEndpoint],
  exports: [DiscoveryEndpoint],
})
export class DiscoveryModule {}
