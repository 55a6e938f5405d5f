/** The measurements of a process in the form in which they travel to another process: prom-client's JSON. */
export type Measured = Metric[];

export interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** How the values of several processes are combined. */
  aggregator: string;
  values: Sample[];
}

export interface Sample {
  /** Set where it differs from the name of the metric: for a bucket, a sum or a count. */
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}
