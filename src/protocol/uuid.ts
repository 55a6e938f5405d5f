/** UUIDs as text (RFC 9562 §4). An id is checked before a query, so that a malformed one is simply not found. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX = /^[0-9a-f]{32}$/i;

/** RFC 9562 §5.9: the smallest id. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';
/** RFC 9562 §5.10: the greatest id. */
export const MAX_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Parses a UUID of 32 hexadecimal digits or in the usual form with hyphens. */
export function uuidOf(text: string): string | undefined {
  if (isUuid(text)) return text;
  return HEX.test(text) ? text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
}

/** 32 hexadecimal digits: the form of `consent_request_id` in the API. */
export function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}

/** Whether it is a UUID of version 7, as this server gives its access tokens. The `jti` of ID tokens is one of version 4. */
export function isUuidV7(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}
