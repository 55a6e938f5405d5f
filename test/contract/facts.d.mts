export interface ObjectFacts {
  properties: Record<string, string>;
  required: string[];
}

export interface OperationFacts {
  method: string;
  path: string;
  tags: string[];
  /** `query:login_challenge` */
  parameters: Record<string, { type: string; required: boolean }>;
  /** content type → type */
  body?: Record<string, string>;
  /** Of a form. */
  fields?: ObjectFacts;
  /** status → content type → type */
  responses: Record<string, Record<string, string>>;
}

export interface Facts {
  operations: Record<string, OperationFacts>;
  schemas: Record<string, ObjectFacts & { uses: ('request' | 'response')[] }>;
}

/** @param document an OpenAPI 3 document */
export function factsOf(document: unknown): Facts;
