/** What was changed, or would be: as a diff for people, and as a list for programs. */
import { type JsonObject, type JsonValue, stringifyJson } from '../../protocol/json.js';
import type { Listing } from '../output/format.js';
import type { Change } from './change.js';

export interface Outcome {
  change: Change;
  /** What the server says only once. */
  result?: JsonObject;
  failure?: string;
}

const SIGNS = { created: '+', changed: '~', deleted: '-', unchanged: '=' };

export function asText(outcomes: readonly Outcome[], isDry: boolean): string {
  const blocks = outcomes.filter(({ change }) => change.action !== 'unchanged').map((outcome) => block(outcome));
  return `${blocks.join('')}${summary(outcomes, isDry)}\n`;
}

export function asListing(outcomes: readonly Outcome[]): Listing {
  return {
    columns: ['KIND', 'ID', 'ACTION', 'MEMBERS'],
    rows: outcomes.map(({ change }) => [
      change.kind,
      change.id,
      change.action,
      change.members.map(({ member }) => member).join(', '),
    ]),
    value: outcomes.map(({ change: { kind, id, action, members }, result, failure }) => {
      return { kind, id, action, members, ...result, ...(failure !== undefined && { failure }) };
    }),
    ids: outcomes.map(({ change }) => change.id),
  };
}

function block({ change: { kind, id, action, members }, result, failure }: Outcome): string {
  const lines = members.flatMap(({ member, from, to }) => [
    `    ${member}`,
    ...(from === undefined || action === 'created' ? [] : [`    - ${shown(from)}`]),
    ...(to === undefined ? [] : [`    + ${shown(to)}`]),
  ]);
  const told = Object.entries(result ?? {}).map(([name, value]) => `    ${name}: ${shown(value)}`);
  const failed = failure === undefined ? '' : ' (failed)';
  return `${[`${SIGNS[action]} ${kind} ${id}${failed}`, ...lines, ...told].join('\n')}\n`;
}

const shown = (value: JsonValue): string => stringifyJson(value);

function summary(outcomes: readonly Outcome[], isDry: boolean): string {
  const count = (action: string): string =>
    `${outcomes.filter(({ change, failure }) => change.action === action && failure === undefined).length} ${action}`;
  const counts = ['created', 'changed', 'deleted', 'unchanged'].map(count).join(', ');
  return isDry ? `${counts}; nothing was written` : counts;
}
