/**
 * Trust: external issuers whose assertions (RFC 7523) this server accepts, and their administration. It owns the table
 * trusted_issuer; the keys are stored in the key set that is named after the issuer.
 *
 * It must not check assertions: the grant does so, with the keys and scopes that it reads here.
 */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KeysModule } from '../keys/keys.module.js';
import { TrustController } from './trust.controller.js';
import { TrustedIssuerEntity } from './trusted-issuer.entity.js';
import { TrustedIssuers } from './trusted-issuers.js';

@Module({
  imports: [TypeOrmModule.forFeature([TrustedIssuerEntity]), KeysModule],
  controllers: [TrustController],
  providers: [TrustedIssuers],
  exports: [TrustedIssuers],
})
export class TrustModule {}
