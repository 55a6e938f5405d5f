import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, type ReflectableDecorator, Reflector } from '@nestjs/core';
import type { ListenerName } from '../../exchange/exchange.js';
import { placesOf } from './route-places.js';

/** What one decorator says. Paths count with any method: a preflight is judged by the route of the request that it announces. */
interface Values {
  exact: Map<string, unknown>;
  /** Of paths with parameters. */
  patterns: { listener: ListenerName; form: RegExp; value: unknown }[];
}

/**
 * The metadata of decorators on the routes of all controllers, found by the path of a request: for decisions before a request
 * reaches its route, hot or not.
 */
@Injectable()
export class RouteTable {
  private readonly known = new Map<string, Values>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** The value of the decorator on the route at a path, or on its controller. */
  find<Value>(decorator: ReflectableDecorator<Value>, listener: ListenerName, path: string): Value | undefined {
    let values = this.known.get(decorator.KEY);
    if (!values) this.known.set(decorator.KEY, (values = this.read(decorator)));
    const exact = values.exact.get(keyOf(listener, path));
    return (exact ?? values.patterns.find((one) => one.listener === listener && one.form.test(path))?.value) as
      Value | undefined;
  }

  private read<Value>(decorator: ReflectableDecorator<Value>): Values {
    const values: Values = { exact: new Map(), patterns: [] };
    for (const { metatype: controller } of this.discovery.getControllers()) {
      if (typeof controller !== 'function') continue;
      const prototype = controller.prototype as Record<string, () => unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name] as () => unknown;
        const value = this.reflector.getAllAndOverride<Value | undefined>(decorator.KEY, [handler, controller]);
        if (value === undefined) continue;
        for (const { listener, path } of placesOf(controller as new () => object, handler)) {
          keep(values, { listener, path }, value);
        }
      }
    }
    return values;
  }
}

const keyOf = (listener: ListenerName, path: string): string => `${listener} ${path}`;

function keep({ exact, patterns }: Values, at: { listener: ListenerName; path: string }, value: unknown): void {
  if (at.path.includes(':')) patterns.push({ listener: at.listener, form: formOf(at.path), value });
  else exact.set(keyOf(at.listener, at.path), value);
}

/** A parameter stands for one segment, however it is spelt. */
function formOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.\\^$*+?()[\]{}|]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}
