/**
 * Audit lines: every event that is published comes out as one line of JSON on a stream of its own (`log.audit`), apart
 * from the program's log. What each type means: docs/audit.md. No event holds a secret, so no line does.
 */
import { closeSync, openSync } from 'node:fs';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { pino } from 'pino';
import { ConfigHolder } from '../config/config-holder.js';
import { actorOf, type DomainEvent, type Origin } from '../events/domain-event.js';
import { Events } from '../events/events.js';

type Destination = ReturnType<typeof pino.destination>;

const STREAMS: Readonly<Record<string, number>> = { stdout: 1, stderr: 2 };
/** Only the operator may read who logs in where. */
const FILE_MODE = 0o600;
const FLUSH_EVERY_MS = 100;

@Injectable()
export class AuditLog implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Audit');
  private destination: Destination | undefined;
  private readonly reopen = (): void => {
    this.destination?.reopen();
  };

  constructor(
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws Error where the file cannot be written: a server that is to be audited does not run without it */
  onModuleInit(): void {
    const { audit } = this.config.current.log;
    if (audit === 'off') return;
    const destination = open(audit);
    destination.on('error', (error: unknown) => {
      this.log.error({ message: 'Audit lines cannot be written.', error });
    });
    this.destination = destination;
    this.events.subscribe((event, origin) => {
      destination.write(auditLine(event, origin));
    });
    if (!(audit in STREAMS)) process.on('SIGHUP', this.reopen); // what rotates the file asks for a new one
  }

  onApplicationShutdown(): void {
    process.off('SIGHUP', this.reopen);
    this.destination?.flushSync();
  }
}

function open(audit: string): Destination {
  const stream = STREAMS[audit];
  if (stream === undefined) closeSync(openSync(audit, 'a', FILE_MODE));
  return pino.destination({ dest: stream ?? audit, sync: false, periodicFlush: FLUSH_EVERY_MS });
}

/** Members as in the admin API, in snake case; what does not apply is left out. Ends in a line feed. */
export function auditLine(event: DomainEvent, origin: Origin | undefined): string {
  const { type, at, ...details } = event;
  const line = {
    time: at.toISOString(),
    type,
    actor: actorOf(event, origin),
    request_id: origin?.requestId,
    remote_address: origin?.remoteAddress,
    ...Object.fromEntries(Object.entries(details).map(([name, value]) => [snakeCase(name), value])),
  };
  return `${JSON.stringify(line)}\n`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
