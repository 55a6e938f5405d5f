/**
 * The device flow (RFC 8628): devices without a browser get codes, a person enters the user code elsewhere, and login and
 * consent follow as usual. This module must not decide who the person is or what they grant: the consent module does.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { DeviceController } from './device.controller.js';
import { DeviceAuthorizationService } from './device-authorization.service.js';
import { DeviceFlows } from './device-flows.js';
import { DeviceRequests } from './device-requests.js';
import { DeviceRequestsController } from './device-requests.controller.js';
import { DeviceVerificationService } from './device-verification.service.js';
import { UserCodeAttempts } from './user-code-attempts.js';

@Module({
  imports: [ClientsModule, ConsentModule, IssuanceModule],
  controllers: [DeviceController, DeviceRequestsController],
  providers: [DeviceAuthorizationService, DeviceFlows, DeviceRequests, DeviceVerificationService, UserCodeAttempts],
})
export class DeviceModule {}
