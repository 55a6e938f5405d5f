/**
 * The administration of what people granted (RFC 6749 §1.3): live grants are listed and revoked, and a login session ends
 * with the grants that hang on it. It decides nothing about issuing, and owns no table.
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
