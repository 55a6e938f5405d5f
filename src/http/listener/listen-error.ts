import type { ListenerName } from '../exchange/exchange.js';

/** A listener cannot be opened, so the start ends. The message is for the operator. */
export class ListenError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
  }
}

/** Another process holds the address. */
export class PortTaken extends ListenError {
  constructor(
    readonly listener: ListenerName,
    readonly address: string,
    cause: unknown,
  ) {
    super(
      `The ${listener} listener cannot start: ${address} is taken by another process. ` +
        `End that process, or set serve.${listener}.port (or serve.${listener}.host).`,
      cause,
    );
    this.name = 'PortTaken';
  }
}

/** The message names listener, address, and the keys to change. */
export function listenError(listener: ListenerName, address: string, error: NodeJS.ErrnoException): ListenError {
  if (error.code === 'EADDRINUSE') return new PortTaken(listener, address, error);
  const why =
    error.code === 'EACCES' || error.code === 'EPERM'
      ? `this user may not do that (${error.code})`
      : (error.code ?? error.message);
  const keys = address.startsWith('unix:')
    ? `serve.${listener}.host and serve.${listener}.socket`
    : `serve.${listener}.host and serve.${listener}.port`;
  return new ListenError(`The ${listener} listener cannot start on ${address}: ${why}. Set ${keys}.`, error);
}
