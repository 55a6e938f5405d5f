/**
 * The OpenAPI schema of a member that holds any JSON. A decorator must name a type: it writes `oneOf` with one empty schema,
 * and the generator of the document removes that.
 */
export const ANY_JSON = { oneOf: [{}] };
