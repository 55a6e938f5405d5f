declare module 'parse-prometheus-text-format' {
  interface Sample {
    value?: string;
    labels?: Record<string, string>;
  }

  interface Family {
    name: string;
    type: string;
    metrics: Sample[];
  }

  /** @throws Error if the text does not follow the format */
  export default function parse(text: string): Family[];
}
