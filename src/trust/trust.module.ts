/**
 * Trust: issuers outside of this server whose assertions (RFC 7523) it accepts, and their administration. It owns the
 * table trusted_issuer; the keys themselves lie in the key set that is named after the issuer.
 *
 * It must not judge assertions: the grant does, with the keys and scopes that it gets from here.
 */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { TrustController } from './trust.controller.js';
import { TrustedIssuers } from './trusted-issuers.js';

@Module({
  imports: [KeysModule],
  controllers: [TrustController],
  providers: [TrustedIssuers],
  exports: [TrustedIssuers],
})
export class TrustModule {}
