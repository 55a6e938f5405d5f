/** The claims of the person who granted an access token (OpenID Connect Core §5.3). This module changes nothing. */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { UserinfoController } from './userinfo.controller.js';
import { UserinfoForms } from './userinfo-forms.js';
import { UserinfoService } from './userinfo.service.js';

@Module({
  imports: [ClientsModule, KeysModule, IssuanceModule],
  controllers: [UserinfoController],
  providers: [UserinfoService, UserinfoForms],
})
export class UserinfoModule {}
