import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { JsonBody } from './json-body.js';

/** Parameter decorator: the unread body of the request, for handlers that read it only after authentication. */
export const UnreadBody = createParamDecorator((_: unknown, context: ExecutionContext): JsonBody => {
  return context.switchToHttp().getRequest<{ body: JsonBody }>().body;
});
