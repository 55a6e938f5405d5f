/** A request to an operation that succeeds, and answers of the operation. */
export interface OperationExample {
  /** Values of the parameters of path and query, by name. */
  parameters?: Readonly<Record<string, string | number | boolean>>;
  /** The body: JSON, or the fields of the form. */
  request?: unknown;
  /** Bodies by status; `undefined` where the answer has none. The first is that of the request; the others refuse another one. */
  answers: Readonly<Record<number, unknown>>;
  /** Where the first answer sends the browser. */
  location?: string;
}

/** Examples by operationId. */
export type Examples = Readonly<Record<string, OperationExample>>;
