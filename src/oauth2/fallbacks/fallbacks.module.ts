/**
 * The built-in pages of a server whose operator has configured no apps yet. They only explain: they have no form and no
 * script, and make no decision.
 */
import { Module } from '@nestjs/common';
import { FallbacksController } from './fallbacks.controller.js';

@Module({ controllers: [FallbacksController] })
export class FallbacksModule {}
