import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, type ReflectableDecorator, Reflector } from '@nestjs/core';
import { ConfigHolder } from '../../../config/config-holder.js';
import type { Configuration } from '../../../config/configuration.js';
import type { ListenerName } from '../../exchange/exchange.js';
import { placesOf } from './route-places.js';
import { SwitchedOn } from './switched-on.js';

/** What one decorator says. Paths count with any method: a preflight is judged by the route of the request that it announces. */
interface Values {
  exact: Map<string, Kept>;
  /** Of paths with parameters. */
  patterns: { listener: ListenerName; form: RegExp; kept: Kept }[];
}

interface Kept {
  value: unknown;
  /** Absent: the route always exists. */
  isOn?: (configuration: Configuration) => boolean;
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
    private readonly config: ConfigHolder,
  ) {}

  /** The value of the decorator on the route at a path, or on its controller; none while the route is switched off. */
  find<Param, Value>(
    decorator: ReflectableDecorator<Param, Value>,
    listener: ListenerName,
    path: string,
  ): Value | undefined {
    let values = this.known.get(decorator.KEY);
    if (!values) this.known.set(decorator.KEY, (values = this.read(decorator)));
    const exact = values.exact.get(keyOf(listener, path));
    const kept = exact ?? values.patterns.find((one) => one.listener === listener && one.form.test(path))?.kept;
    if (kept?.isOn?.(this.config.current) === false) return undefined;
    return kept?.value as Value | undefined;
  }

  private read<Param, Value>(decorator: ReflectableDecorator<Param, Value>): Values {
    const values: Values = { exact: new Map(), patterns: [] };
    for (const { metatype: controller } of this.discovery.getControllers()) {
      if (typeof controller !== 'function') continue;
      const prototype = controller.prototype as Record<string, () => unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name] as () => unknown;
        const value = this.reflector.getAllAndOverride<Value | undefined>(decorator.KEY, [handler, controller]);
        if (value === undefined) continue;
        const kept = { value, isOn: this.reflector.get(SwitchedOn, controller) };
        for (const { listener, path } of placesOf(controller as new () => object, handler)) {
          keep(values, { listener, path }, kept);
        }
      }
    }
    return values;
  }
}

const keyOf = (listener: ListenerName, path: string): string => `${listener} ${path}`;

function keep({ exact, patterns }: Values, at: { listener: ListenerName; path: string }, kept: Kept): void {
  if (at.path.includes(':')) patterns.push({ listener: at.listener, form: formOf(at.path), kept });
  else exact.set(keyOf(at.listener, at.path), kept);
}

/** A parameter stands for one segment, however it is spelt. */
function formOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.\\^$*+?()[\]{}|]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}
