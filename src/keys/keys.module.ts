/**
 * Keys: key sets with their states, the signatures made with them and their verification, the administration of sets,
 * and the published set. It owns the table json_web_key.
 *
 * It must not judge claims nor know what a JWT is for: that belongs to whoever has it signed or verified. Private
 * members leave it by the administration API alone.
 */
import { Module } from '@nestjs/common';
import { JwksController } from './jwks.controller.js';
import { JwksEndpoint } from './jwks.endpoint.js';
import { JwtSigner } from './jwt-signer.js';
import { JwtVerifier } from './jwt-verifier.js';
import { KeyAdministration } from './key-administration.js';
import { KeyRecords } from './key-records.js';
import { KeySets } from './key-sets.js';
import { KeysController } from './keys.controller.js';
import { KeyRotation } from './rotation.js';

@Module({
  controllers: [KeysController, JwksController],
  providers: [KeyRecords, KeySets, KeyAdministration, KeyRotation, JwtSigner, JwtVerifier, JwksEndpoint],
  exports: [KeySets, KeyAdministration, JwtSigner, JwtVerifier, JwksEndpoint],
})
export class KeysModule {}
