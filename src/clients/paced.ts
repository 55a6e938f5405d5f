import { Reflector } from '@nestjs/core';
import type { LimitedEndpoint } from '../config/configuration.js';

/** Decorator of a POST route with limited request rates: names the limits of `rate_limits` that apply. */
export const Paced = Reflector.createDecorator<LimitedEndpoint>();
