/** The places of a controller's methods, read from the decorators that Nest reads: no path is written twice. */
import 'reflect-metadata';
import { RequestMethod, SetMetadata, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { ListenerName } from '../../exchange/exchange.js';
import { isHidden } from './request-path.js';

interface RoutePlace {
  listener: ListenerName;
  method: string;
  /** The path as in the exchange; a parameter is written as in Express, `:id`. */
  path: string;
}

type Handler = (...args: never[]) => unknown;

const BOTH_LISTENERS = 'http:both-listeners';

/** Class decorator: the controller is on the public listener, and under `/admin` on the admin listener as well. */
export const OnBothListeners = (): ClassDecorator => SetMetadata(BOTH_LISTENERS, true);

/** The places of one method. Empty where it does not handle requests. */
export function placesOf(controller: Type, handler: Handler): RoutePlace[] {
  const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (verb === undefined) return [];
  const method = RequestMethod[verb];
  const isOnBoth = Reflect.hasMetadata(BOTH_LISTENERS, controller);
  return pathsOf(controller, handler).flatMap((path) => {
    const place: RoutePlace = { listener: isHidden('public', path) ? 'admin' : 'public', method, path };
    return isOnBoth ? [place, { listener: 'admin', method, path: `/admin${path}` }] : [place];
  });
}

function pathsOf(controller: Type, handler: Handler): string[] {
  return writtenPaths(controller).flatMap((base) => writtenPaths(handler).map((own) => joined(base, own)));
}

function writtenPaths(decorated: object): string[] {
  const written = Reflect.getMetadata(PATH_METADATA, decorated) as string | string[] | undefined;
  return typeof written === 'object' ? written : [written ?? ''];
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}
