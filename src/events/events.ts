import { Injectable, Logger } from '@nestjs/common';
import type { DomainEvent, EventListener } from './domain-event.js';

/** The port through which modules report what happened. Whoever publishes never waits and never fails by a listener. */
@Injectable()
export class Events {
  private readonly log = new Logger(Events.name);
  private readonly listeners = new Set<EventListener>();

  publish(event: DomainEvent): void {
    for (const listener of this.listeners) this.tell(listener, event);
  }

  /** Adds a listener; the function that comes back takes it away. */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(listener: EventListener, event: DomainEvent): void {
    try {
      void Promise.resolve(listener(event)).catch((error: unknown) => {
        this.failed(event, error);
      });
    } catch (error) {
      this.failed(event, error);
    }
  }

  private failed(event: DomainEvent, error: unknown): void {
    this.log.error({ message: `A listener of ${event.type} failed.`, request_id: event.requestId, error });
  }
}
