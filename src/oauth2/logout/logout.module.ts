/** The end-session endpoint. It must not end anything itself: sessions are the consent room's. */
import { Module } from '@nestjs/common';
import { ConsentModule } from '../../consent/consent.module.js';
import { LogoutController } from './logout.controller.js';
import { LogoutEndpoint } from './logout.endpoint.js';

@Module({ imports: [ConsentModule], controllers: [LogoutController], providers: [LogoutEndpoint] })
export class LogoutModule {}
