/** One line of `key=value` pairs, for people and for `grep`. A stack follows on lines of its own. */

/** Takes a record apart: time, level and message first, then the rest with dotted names. */
export function textLine(record: Record<string, unknown>): string {
  const { time, level, msg, service_name: _name, service_version: _version, ...rest } = record;
  const stacks: string[] = [];
  const pairs = [...flatten({ time, level, msg }, '', stacks), ...flatten(rest, '', stacks)];
  return `${[pairs.join(' '), ...stacks].join('\n')}\n`;
}

function flatten(members: Record<string, unknown>, prefix: string, stacks: string[]): string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    if (name === 'stack' && typeof value === 'string') {
      stacks.push(value);
      return [];
    }
    if (typeof value === 'object' && !Array.isArray(value)) {
      return flatten(value as Record<string, unknown>, `${prefix}${name}.`, stacks);
    }
    return [`${prefix}${name}=${quoted(value)}`];
  });
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=\u0000-\u001f\u007f]+$/.test(text) ? text : JSON.stringify(text);
}
