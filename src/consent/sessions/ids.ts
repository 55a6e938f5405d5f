/** Ids of this room, on the wire and in the tables: looked at before a query, so that a bad one is a plain "no such thing". */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX = /^[0-9a-f]{32}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The uuid behind a `consent_request_id`: 32 hexadecimal digits, or the usual form. */
export function uuidOf(text: string): string | undefined {
  if (isUuid(text)) return text;
  return HEX.test(text) ? text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
}

/** The form that `consent_request_id` has on the wire. */
export function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}
