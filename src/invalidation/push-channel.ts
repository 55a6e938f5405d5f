/** A channel that delivers messages as soon as they are sent. */
export interface PushChannel {
  readonly way: 'redis' | 'listen';
  /**
   * Opens the channel. Once it has returned, every message reaches the listener, until `onLost` is called once.
   * @throws ChannelUnusable if a retry makes no sense; any error of the driver
   */
  open(listener: ChannelListener): Promise<OpenChannel>;
}

export interface ChannelListener {
  onMessage(text: string): void;
  onLost(reason: Error): void;
}

export interface OpenChannel {
  /** Sends to all processes. Undefined if the triggers of the database send the changes. */
  send?(text: string): Promise<void>;
  close(): void;
}

/** The channel cannot deliver messages, and a retry would not help. The message is for the operator. */
export class ChannelUnusable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ChannelUnusable';
  }
}
