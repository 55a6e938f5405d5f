/**
 * The metadata of the server (OpenID Connect Discovery, RFC 8414). This is the only module that reads the lists of the
 * other endpoints, so that the metadata cannot disagree with the code.
 */
import { Module } from '@nestjs/common';
import { KeysModule } from '../../keys/keys.module.js';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryDocument } from './discovery-document.js';
import { DiscoveryService } from './discovery.service.js';

@Module({
  imports: [KeysModule],
  controllers: [DiscoveryController],
  providers: [DiscoveryService, DiscoveryDocument],
})
export class DiscoveryModule {}
