/** The message to other processes after a write: the kind of the changed object and its id, never its content. */

export const CHANGE_KINDS = ['client', 'key_set'] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface Change {
  kind: ChangeKind;
  /** client_id, or the name of the key set. */
  id: string;
}

/** 255 characters of up to two UTF-16 units. Every writer to the channel could send anything, so the length is checked. */
const MAX_ID_LENGTH = 510;
/** Enough for an id whose every character is escaped in JSON. */
const MAX_TEXT_LENGTH = 4_000;

/** A JSON array of two texts, as the triggers of PostgreSQL write it. */
export function changeText({ kind, id }: Change): string {
  return JSON.stringify([kind, id]);
}

/** Undefined if the text is malformed or its kind unknown. */
export function parseChange(text: string): Change | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const [kind, id, ...rest] = listOf(text);
  const known = CHANGE_KINDS.find((one) => one === kind);
  if (!known || typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH || rest.length) return undefined;
  return { kind: known, id };
}

function listOf(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
