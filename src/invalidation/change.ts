/** What another process has to know of a write: which kind of thing changed, and its id. Never what it holds. */

export const CHANGE_KINDS = ['client', 'key_set'] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface Change {
  kind: ChangeKind;
  /** client_id, or the name of the key set. */
  id: string;
}

/** 255 characters of up to two units; whoever may write to the channel could send anything. */
const MAX_ID_LENGTH = 510;
/** Of an id in JSON whose every character is escaped. */
const MAX_TEXT_LENGTH = 4_000;

/** A JSON array of two texts, as the triggers of PostgreSQL write it. */
export function changeText({ kind, id }: Change): string {
  return JSON.stringify([kind, id]);
}

/** Undefined for what is no change of a kind that we know. */
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
