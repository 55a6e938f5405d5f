/** Revocation: of a token by its client (RFC 7009), or of all tokens of a client by the administrator. */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { ClientTokensController } from './client-tokens.controller.js';
import { RevocationController } from './revocation.controller.js';
import { RevocationService } from './revocation.service.js';

@Module({
  imports: [ClientsModule, IssuanceModule],
  controllers: [RevocationController, ClientTokensController],
  providers: [RevocationService],
})
export class RevocationModule {}
