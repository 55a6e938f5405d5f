/**
 * The OpenAPI schema of a member that holds any JSON. A decorator cannot leave the type out: it writes a choice of the one
 * schema that says nothing, and the document is written without that choice.
 */
export const ANY_JSON = { oneOf: [{}] };
