/**
 * Makes hot routes of the methods of controllers. Nest adds nothing around a method on a hot route: so a method with a guard,
 * an interceptor, a filter, a pipe, a header of its own or an unsupported parameter is refused at the start. Thus no guard
 * is bypassed. The only global guard, `ListenerGuard`, is not needed here: the table of hot routes is kept by listener.
 */
import { type Type, ValidationPipe } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  HOST_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import type { Exchange, HotRoute } from '../../exchange/exchange.js';
import { exchangeIn } from '../../exchange/http-exchange.js';
import type { Reply } from '../../replies/reply.js';
import { lastSegment } from './request-path.js';
import { placesOf } from './route-places.js';

/** The methods of a controller that return a reply. */
export type Replying<Controller> = {
  [Name in keyof Controller]: Controller[Name] extends (...args: never[]) => Reply | Promise<Reply> ? Name : never;
}[keyof Controller] &
  string;

type Handler = (...args: unknown[]) => Reply | Promise<Reply>;

/** The metadata that Nest keeps of a parameter decorator. */
interface Parameter {
  index: number;
  data?: unknown;
  factory?: unknown;
  pipes?: unknown[];
  schema?: unknown;
}

const AROUND_A_METHOD = [
  ...[GUARDS_METADATA, INTERCEPTORS_METADATA, EXCEPTION_FILTERS_METADATA, PIPES_METADATA],
  ...[HEADERS_METADATA, HOST_METADATA, VERSION_METADATA, REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA],
];
const LAST_PARAMETER = /:(\w+)$/;

/** @throws Error where a method cannot be served ahead of Express: a mistake in the list of hot routes */
export function controllerRoutes<T extends object>(controller: Type<T>, name: Replying<T>, instance: T): HotRoute[] {
  const handler = Reflect.get(controller.prototype as T, name) as Handler;
  const added = AROUND_A_METHOD.filter((key) => [controller, handler].some((owner) => isAdded(key, owner)));
  if (added.length > 0)
    throw new Error(`${controller.name}.${name} cannot be a hot route: it has ${added.join(', ')}.`);
  return placesOf(controller, handler).map(({ listener, method, path }) => {
    const sources = sourcesOf(controller, name, LAST_PARAMETER.exec(path)?.[1]);
    const endpoint: HotRoute['endpoint'] = (exchange) =>
      handler.apply(
        instance,
        sources.map((source) => source(exchange)),
      );
    return { listener, method, path: path.replace(LAST_PARAMETER, '{param}'), endpoint };
  });
}

/** A `ValidationPipe` validates bodies, which a method on a hot route reads from its exchange. */
function isAdded(key: string, owner: object): boolean {
  const value: unknown = Reflect.getMetadata(key, owner);
  if (key !== PIPES_METADATA) return value !== undefined;
  return ((value ?? []) as unknown[]).some((pipe) => !(pipe instanceof ValidationPipe));
}

/** The sources of the arguments of a method, in their order. */
function sourcesOf(controller: Type, name: string, last: string | undefined): ((exchange: Exchange) => unknown)[] {
  const kept = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as Record<string, Parameter> | undefined;
  const parameters = Object.entries(kept ?? {}).sort(([, a], [, b]) => a.index - b.index);
  return parameters.map(([key, { index, factory, data, pipes = [], schema }], position) => {
    const isAsSent = index === position && pipes.length === 0 && schema === undefined;
    if (isAsSent && factory === exchangeIn) return (exchange) => exchange;
    const isLast = key.startsWith(`${RouteParamtypes.PARAM}:`) && data !== undefined && data === last;
    if (isAsSent && isLast) return ({ path }) => lastSegment(path);
    throw new Error(`${controller.name}.${name} cannot be a hot route: it takes more than its exchange and its path.`);
  });
}
