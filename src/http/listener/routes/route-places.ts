/** The places of a controller's methods, read from the decorators that Nest reads: no path is written twice. */
import 'reflect-metadata';
import { RequestMethod, SetMetadata, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
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

/** Decorator of a controller or method: the listener for mutual TLS serves the routes as well, and no others (RFC 8705 §5). */
export const OnMutualTls = Reflector.createDecorator<undefined, true>({ transform: () => true });

export function isOnMutualTls(controller: object, handler: object): boolean {
  return [controller, handler].some((owner) => Reflect.hasMetadata(OnMutualTls.KEY, owner));
}

/** The places of one method. Empty where it does not handle requests. */
export function placesOf(controller: Type, handler: Handler): RoutePlace[] {
  const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (verb === undefined) return [];
  const method = RequestMethod[verb];
  const isOnBoth = Reflect.hasMetadata(BOTH_LISTENERS, controller);
  const withCertificate = isOnMutualTls(controller, handler);
  return pathsOf(controller, handler).flatMap((path) => {
    const place: RoutePlace = { listener: isHidden('public', path) ? 'admin' : 'public', method, path };
    if (isOnBoth) return [place, { listener: 'admin', method, path: `/admin${path}` }];
    return withCertificate ? [place, { ...place, listener: 'mtls' }] : [place];
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
