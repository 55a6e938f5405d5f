import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { badRequest } from '../../protocol/admin-error.js';
import { invalidRequest, OAuthError, payloadTooLarge } from '../../protocol/oauth-error.js';
import { errorReply } from '../replies/error-reply.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Reply } from '../replies/reply.js';
import { exchangeOf } from '../exchange/http-exchange.js';
import { JsonBodyError } from '../exchange/json-body.js';
import { notFoundReply } from '../replies/not-found.js';
import { respond } from '../replies/replies.js';

/** Turns an error of a controller, a pipe or Express itself into the same answer as on a hot route. */
@Catch()
export class OAuthExceptionFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (response.headersSent) {
      response.destroy(); // half an answer must not look like a complete one
      return;
    }
    respond(response, replyFor(error, exchangeOf(http.getRequest<Request>())));
  }
}

function replyFor(error: unknown, exchange: Exchange): Reply {
  if (error instanceof JsonBodyError) return errorReply(badRequest(error.hint), exchange);
  if (!(error instanceof HttpException)) return errorReply(error, exchange);
  const status = error.getStatus();
  if (status === 404) return notFoundReply(exchange);
  return errorReply(status < 500 ? clientFault(error, status, exchange) : error, exchange);
}

/** Errors that the framework reports before a controller is reached. */
function clientFault(error: HttpException, status: number, { listener }: Exchange): OAuthError {
  if (status === 413) return payloadTooLarge();
  const fault = (listener === 'admin' ? badRequest : invalidRequest)(error.message, error);
  if (status === 400) return fault;
  return new OAuthError(fault.code, { status, description: fault.description, hint: fault.hint, cause: error });
}
