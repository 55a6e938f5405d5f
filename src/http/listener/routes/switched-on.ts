import { Reflector } from '@nestjs/core';
import type { Configuration } from '../../../config/configuration.js';

/**
 * Decorator of a controller whose routes exist only while the configuration enables them: otherwise no other decorator of
 * them counts, and the controller answers 404.
 */
export const SwitchedOn = Reflector.createDecorator<(configuration: Configuration) => boolean>();
