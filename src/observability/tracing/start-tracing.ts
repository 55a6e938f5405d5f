/** Starts tracing if it is configured. OpenTelemetry is loaded only then. */
import { Logger } from '@nestjs/common';
import type { Configuration } from '../../config/configuration.js';
import type { Tracer } from './tracer.js';

const log = new Logger('Tracing');

/** Undefined where no traces are to be sent, or by an unsupported protocol (which is logged). */
export async function startTracing({ tracing }: Configuration): Promise<Tracer | undefined> {
  const { provider } = tracing;
  if (provider === undefined) return undefined;
  if (provider !== 'otel') {
    log.warn(`No traces are sent: tracing.provider ${provider} is not supported. Jaeger and Zipkin take otel as well.`);
    return undefined;
  }
  const { openTelemetry } = await import('./open-telemetry.js');
  return openTelemetry(tracing, log);
}
