import type { Exchange, HotRoute } from '../../exchange/exchange.js';
import { withParameter } from './request-path.js';

/**
 * The table of routes that the listeners serve ahead of Express. `GET` serves HEAD. A path may end in one `/{param}`, which
 * stands for one unencoded segment. Express serves paths that would have to be decoded first.
 */
export class HotRoutes {
  private readonly table = new Map<string, HotRoute>();

  /** @throws Error where two routes match the same requests: a mistake in the list. */
  constructor(routes: readonly HotRoute[]) {
    for (const route of routes) {
      const key = keyOf(route.listener, route.method, route.path);
      if (this.table.has(key)) throw new Error(`Two hot routes serve ${route.method} ${route.path}.`);
      this.table.set(key, route);
    }
  }

  find({ listener, method, path }: Exchange): HotRoute | undefined {
    const verb = method === 'HEAD' ? 'GET' : method;
    return this.table.get(keyOf(listener, verb, path)) ?? this.table.get(keyOf(listener, verb, withParameter(path)));
  }
}

const keyOf = (listener: string, method: string, path: string): string => `${listener} ${method} ${path}`;
