import type { Exchange, HotRoute } from './exchange.js';
import { withParameter } from './request-path.js';

/**
 * The table of routes that the listeners serve ahead of Express. `GET` serves HEAD. A path may end in one `/{param}`:
 * it stands for one segment as it is. What would have to be decoded first is left to Express.
 */
export class HotRoutes {
  private readonly table = new Map<string, HotRoute>();

  /** @throws Error where two routes claim the same requests: a mistake in the list. */
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
