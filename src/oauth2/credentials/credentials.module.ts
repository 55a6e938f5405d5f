/** Verifiable credentials of userinfo claims (draft 00, as in Hydra). This module stores nothing. */
import { Module } from '@nestjs/common';
import { KeysModule } from '../../keys/keys.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { CredentialsController } from './credentials.controller.js';
import { CredentialsService } from './credentials.service.js';

@Module({
  imports: [KeysModule, IssuanceModule],
  controllers: [CredentialsController],
  providers: [CredentialsService],
})
export class CredentialsModule {}
