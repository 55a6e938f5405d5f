/** One line of `key=value` pairs, for people and for `grep`. A stack follows on lines of its own. */

/** These members are omitted or stand elsewhere in the line. */
const OMITTED: ReadonlySet<string> = new Set(['time', 'level', 'msg', 'service_name', 'service_version']);
const PLAIN = /^[^\s"=\u0000-\u001f\u007f]+$/;

/** Time, level and message first, then the rest with dotted names. */
export function textLine(record: Record<string, unknown>): string {
  const stacks: string[] = [];
  let line = `time=${quoted(record['time'])} level=${quoted(record['level'])} msg=${quoted(record['msg'] ?? '')}`;
  for (const [name, value] of Object.entries(record)) {
    if (!OMITTED.has(name)) line += pairs(name, value, stacks);
  }
  return `${[line, ...stacks].join('\n')}\n`;
}

function pairs(name: string, value: unknown, stacks: string[]): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object' || Array.isArray(value)) return ` ${name}=${quoted(value)}`;
  let text = '';
  for (const [member, inner] of Object.entries(value)) {
    if (member === 'stack' && typeof inner === 'string') stacks.push(inner);
    else text += pairs(`${name}.${member}`, inner, stacks);
  }
  return text;
}

function quoted(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return PLAIN.test(text) ? text : JSON.stringify(text);
}
