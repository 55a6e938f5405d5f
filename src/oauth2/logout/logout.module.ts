/** The end-session endpoint. It must not end sessions itself: they belong to the consent module. */
import { Module } from '@nestjs/common';
import { ConsentModule } from '../../consent/consent.module.js';
import { LogoutController } from './logout.controller.js';
import { LogoutService } from './logout.service.js';

@Module({ imports: [ConsentModule], controllers: [LogoutController], providers: [LogoutService] })
export class LogoutModule {}
