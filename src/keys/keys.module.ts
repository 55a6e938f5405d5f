/**
 * Keys: key sets with their states, the signatures made with them, the administration of sets, and the published set.
 * This module owns the table json_web_key.
 *
 * It must not read JWTs nor know their purpose: the module `jwt` reads them, and the callers of the signer know their
 * purpose. Private members leave this module through the administration API alone.
 */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReadinessChecksModule } from '../health/readiness-checks.module.js';
import { JsonWebKeyEntity } from './json-web-key.entity.js';
import { JwksController } from './jwks.controller.js';
import { PublishedKeys } from './published-keys.js';
import { JwtSigner } from './jwt-signer.js';
import { KeyAdministration } from './key-administration.js';
import { KeyRecords } from './key-records.js';
import { KeySets } from './key-sets.js';
import { KeysController } from './keys.controller.js';
import { KeyRotation } from './rotation.js';
import { SigningKeysCheck } from './signing-keys-check.js';

@Module({
  imports: [TypeOrmModule.forFeature([JsonWebKeyEntity]), ReadinessChecksModule],
  controllers: [KeysController, JwksController],
  providers: [KeyRecords, KeySets, KeyAdministration, KeyRotation, SigningKeysCheck, JwtSigner, PublishedKeys],
  exports: [KeySets, KeyAdministration, JwtSigner],
})
export class KeysModule {}
