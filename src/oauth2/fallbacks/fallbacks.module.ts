/**
 * The built-in pages of a server whose operator has configured no apps yet. They explain and nothing else: no form, no
 * script, no decision.
 */
import { Module } from '@nestjs/common';
import { FallbacksController } from './fallbacks.controller.js';

@Module({ controllers: [FallbacksController] })
export class FallbacksModule {}
