/** Finds the exchange of an Express request: the listener attaches it, and `@HttpExchange()` passes it to a controller. */
import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Exchange } from './exchange.js';

const exchanges = new WeakMap<IncomingMessage, Exchange>();

export function attachExchange(exchange: Exchange): void {
  exchanges.set(exchange.request, exchange);
}

/** @throws Error where the request did not come through a listener: a mistake in the wiring, not of the client. */
export function exchangeOf(request: IncomingMessage): Exchange {
  const exchange = exchanges.get(request);
  if (!exchange) throw new Error('The request did not come through a listener of this server.');
  return exchange;
}

/** The function behind the decorator, by which hot routes recognise the parameter. */
export function exchangeIn(_: unknown, context: ExecutionContext): Exchange {
  return exchangeOf(context.switchToHttp().getRequest<IncomingMessage>());
}

/** Parameter decorator: the exchange of the request. */
export const HttpExchange = createParamDecorator(exchangeIn);
