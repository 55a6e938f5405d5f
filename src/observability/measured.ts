/** What a process has measured, as it travels to another one: what prom-client gives as JSON. */
export type Measured = Metric[];

export interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** How those of several processes become one. */
  aggregator: string;
  values: Sample[];
}

export interface Sample {
  /** Where it is not that of the metric: that of a bucket, a sum or a count. */
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}
