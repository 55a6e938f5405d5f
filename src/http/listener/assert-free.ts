import { createServer } from 'node:http';
import type { Configuration } from '../../config/configuration.js';
import type { ListenerName } from '../exchange/exchange.js';
import { listen } from './listen.js';

/**
 * Tries the addresses of the listeners before anything costly is started, so that a taken port ends the start at once. An
 * address that is taken later is reported when the listeners open. @throws ListenError
 */
export async function assertFree(names: readonly ListenerName[], { serve }: Configuration): Promise<void> {
  for (const name of names) {
    if (serve[name].host.startsWith('unix:') || serve[name].port === 0) continue;
    const server = createServer();
    await listen(server, name, serve[name]);
    await new Promise((resolve) => server.close(resolve));
  }
}
