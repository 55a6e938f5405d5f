/** The OpenAPI schema of authorization details (RFC 9396 §2): their members depend on their type. */
export const AUTHORIZATION_DETAILS = {
  type: 'array',
  items: {
    type: 'object',
    properties: { type: { type: 'string' } },
    required: ['type'] as string[],
    additionalProperties: true,
  },
} as const;
