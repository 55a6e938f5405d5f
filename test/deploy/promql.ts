/** The metrics and labels that an expression of PromQL names. It knows what dashboard and alert rules use, not the whole language. */

interface Selected {
  metric: string;
  /** Labels of its selector, with the values that a literal matcher names. */
  labels: { label: string; values: string[] }[];
}

export interface Named {
  selected: Selected[];
  /** Labels of `by`, `on` and their kind. */
  grouped: string[];
}

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const SELECTOR = /([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
const LITERALS = /^[\w.|]+$/;
const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

export function namedIn(expression: string): Named {
  const lists = [...expression.matchAll(GROUPING)].map(([, list = '']) => list.split(','));
  const rest = expression.replace(GROUPING, ' ').replace(/\[[^\]]*\]/g, ' ');
  const selectors = [...rest.matchAll(SELECTOR)].filter(({ 0: whole, 1: name = '', index }) => {
    const isFunction = /^\s*\(/.test(rest.slice(index + whole.length));
    return !isFunction && !OPERATORS.has(name);
  });
  return {
    selected: selectors.map(([, metric = '', matchers = '']) => ({ metric, labels: labelsOf(matchers) })),
    grouped: lists.flat().map((label) => label.trim()),
  };
}

function labelsOf(matchers: string): Selected['labels'] {
  return [...matchers.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => {
    const isLiteral = operator === '=' || (operator === '=~' && LITERALS.test(value));
    return { label, values: isLiteral ? value.split('|').filter(Boolean) : [] };
  });
}
