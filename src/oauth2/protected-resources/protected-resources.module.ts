/** Metadata of protected resources (RFC 9728), for APIs that have no server of their own for it. */
import { Module } from '@nestjs/common';
import { ProtectedResourcesController } from './protected-resources.controller.js';

@Module({ controllers: [ProtectedResourcesController] })
export class ProtectedResourcesModule {}
