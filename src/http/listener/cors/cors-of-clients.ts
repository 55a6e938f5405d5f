import { Reflector } from '@nestjs/core';

/**
 * Decorator of a controller that browsers may call from the origins that clients registered. Its value says how the client is
 * found: by its authentication, or by a bearer token alone, without which every answer is an error.
 */
export const CorsOfClients = Reflector.createDecorator<'client authentication' | 'bearer token'>();
