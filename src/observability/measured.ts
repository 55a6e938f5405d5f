import type { Registry } from 'prom-client';

/** What a process has measured, as it travels to another one. */
export type Measured = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;
