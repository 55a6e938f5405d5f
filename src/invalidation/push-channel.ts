/** A way by which messages come as they are sent. */
export interface PushChannel {
  readonly way: 'redis' | 'listen';
  /**
   * Opens it. From its answer on every message is heard, until `lost` is called once.
   * @throws ChannelUnusable where trying again makes no sense, and whatever the driver throws
   */
  open(ears: Ears): Promise<OpenChannel>;
}

export interface Ears {
  hear(text: string): void;
  lost(reason: Error): void;
}

export interface OpenChannel {
  /** Sends to all processes. Undefined where the database sends by itself. */
  send?(text: string): Promise<void>;
  close(): void;
}

/** The channel does not carry messages, and waiting does not change that. The message is for the operator. */
export class ChannelUnusable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ChannelUnusable';
  }
}
