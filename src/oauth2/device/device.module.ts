/**
 * The device flow (RFC 8628): devices without a browser get codes, a person enters them elsewhere, and login and consent
 * go the usual way. It must not decide who the person is or what they grant: that is the consent room's protocol.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { DeviceController } from './device.controller.js';
import { DeviceAuthorizationEndpoint } from './device-authorization.endpoint.js';
import { DeviceFlows } from './device-flows.js';
import { DeviceRequests } from './device-requests.js';
import { DeviceRequestsController } from './device-requests.controller.js';
import { DeviceVerificationEndpoint } from './device-verification.endpoint.js';
import { Guesses } from './guesses.js';

@Module({
  imports: [ClientsModule, ConsentModule, IssuanceModule],
  controllers: [DeviceController, DeviceRequestsController],
  providers: [DeviceAuthorizationEndpoint, DeviceFlows, DeviceRequests, DeviceVerificationEndpoint, Guesses],
})
export class DeviceModule {}
