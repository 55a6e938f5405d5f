/**
 * Traces by OpenTelemetry, sent as OTLP over HTTP. Nothing global is registered: the context of a request is in an
 * AsyncLocalStorage of this module. Attributes are names, routes and numbers: no query, header, value or message.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer as OpenTelemetryTracer,
} from '@opentelemetry/api';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { B3Propagator } from '@opentelemetry/propagator-b3';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TracingConfiguration } from '../../config/configuration.js';
import { ThrottledReport } from '../../protocol/throttled-report.js';
import { version } from '../version.js';
import type { RequestTrace, TracedRequest, Tracer } from './tracer.js';

/** The longest wait for a collector that does not answer, also at shutdown. */
const EXPORT_TIMEOUT_MS = 5_000;
const COMPLAIN_EVERY_MS = 60_000;

/** The accepted formats of incoming trace headers; where several are sent, the later one in this list wins. */
const INCOMING = new CompositePropagator({
  propagators: [new B3Propagator(), new W3CTraceContextPropagator()],
});
const OUTGOING = new W3CTraceContextPropagator();

export function openTelemetry(tracing: TracingConfiguration, log: LoggerService): Tracer {
  diag.setLogger(quietly(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const { sampling } = tracing.providers.otlp;
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': tracing.service_name,
      'service.version': version(),
      ...(tracing.deployment_environment && { 'deployment.environment.name': tracing.deployment_environment }),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampling.sampling_ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporterFor(tracing), { exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  return new OpenTelemetryTraces(provider);
}

/** The operator chose the collector, so it is called directly and may have a private address. */
function exporterFor({ providers: { otlp } }: TracingConfiguration): OTLPTraceExporter {
  const { server_url: server, insecure, authorization_header: authorization } = otlp;
  return new OTLPTraceExporter({
    url: `${insecure ? 'http' : 'https'}://${server}/v1/traces`,
    headers: authorization ? { authorization } : {},
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
}

class OpenTelemetryTraces implements Tracer {
  private readonly contexts = new AsyncLocalStorage<Context>();
  private readonly tracer: OpenTelemetryTracer;

  constructor(private readonly provider: BasicTracerProvider) {
    this.tracer = provider.getTracer('ostiary', version());
  }

  request({ listener, method, headers }: TracedRequest): RequestTrace {
    const parent = INCOMING.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'ostiary.listener': listener };
    const span = this.tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    const context = trace.setSpan(parent, span);
    return {
      traceId: span.spanContext().traceId,
      within: (work) => this.contexts.run(context, work),
      end: ({ route, status }) => {
        if (route !== '') span.updateName(`${method} ${route}`).setAttribute('http.route', route);
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  statement<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    return this.child(name, { 'db.system.name': 'postgresql', 'db.query.summary': name }, work);
  }

  call<Result extends { status: number }>(
    { method, host }: { method: string; host: string },
    work: (headers: Record<string, string>) => Promise<Result>,
  ): Promise<Result> {
    const attributes = { 'http.request.method': method, 'server.address': host };
    return this.child(method, attributes, async (span, context) => {
      const headers: Record<string, string> = {};
      if (context) OUTGOING.inject(context, headers, defaultTextMapSetter);
      const result = await work(headers);
      span?.setAttribute('http.response.status_code', result.status);
      return result;
    });
  }

  close(): Promise<void> {
    return this.provider.shutdown();
  }

  /**
   * Work of the server outside of any request is not traced. A request that has ended, or is not sampled, gets no more spans:
   * a statement that serves several requests at once belongs to the first.
   */
  private async child<Result>(
    name: string,
    attributes: Record<string, string>,
    work: (span?: Span, context?: Context) => Promise<Result>,
  ): Promise<Result> {
    const parent = this.contexts.getStore();
    if (!parent || trace.getSpan(parent)?.isRecording() !== true) return work(undefined, parent);
    const span = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
    try {
      return await work(span, trace.setSpan(parent, span));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', typeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }
}

/** The message is left out, because a driver's message may hold values. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.name;
}

/** Logs complaints of OpenTelemetry, such as an unreachable collector, once a minute, because each export fails. */
function quietly(log: LoggerService): Parameters<typeof diag.setLogger>[0] {
  const complaints = new ThrottledReport<string>(COMPLAIN_EVERY_MS, (message) => {
    const [, reason = message] = /"message":"([^"]+)"/.exec(message) ?? []; // errors arrive as JSON, with their stack
    log.warn(`Traces could not be sent: ${reason.slice(0, 200)}`);
  });
  const warn = (message: string): void => {
    complaints.record(message);
  };
  const nothing = (): void => undefined;
  return { error: warn, warn, info: nothing, debug: nothing, verbose: nothing };
}
