/** How tokens end before their time: by the client (RFC 7009), or all of a client's by the administrator. */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { ClientTokensController } from './client-tokens.controller.js';
import { RevocationController } from './revocation.controller.js';
import { RevocationEndpoint } from './revocation.endpoint.js';

@Module({
  imports: [ClientsModule, IssuanceModule],
  controllers: [RevocationController, ClientTokensController],
  providers: [RevocationEndpoint],
  exports: [RevocationEndpoint],
})
export class RevocationModule {}
