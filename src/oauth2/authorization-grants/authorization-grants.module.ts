/**
 * The administration of grants (RFC 6749 §1.3): it lists and revokes live grants, and ends a login session together with
 * its grants. It makes no decision about issuing tokens, and owns no table.
 */
import { Module } from '@nestjs/common';
import { ConsentModule } from '../../consent/consent.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { AuthorizationGrantsController } from './authorization-grants.controller.js';
import { GrantRevocation } from './grant-revocation.js';
import { LoginSessionEndController } from './login-session-end.controller.js';

@Module({
  imports: [ConsentModule, IssuanceModule],
  controllers: [AuthorizationGrantsController, LoginSessionEndController],
  providers: [GrantRevocation],
})
export class AuthorizationGrantsModule {}
