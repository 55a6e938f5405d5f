/** What the source can say to clients and operators: the codes of errors, and the messages of the log. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../e2e/support/built.js';

/** What makes errors of clients; the first argument is the code. */
const MAKERS = ['error', 'OAuthError'];
const LEVELS = ['warn', 'error'];
/** Objects with a method of such a name that write no log. */
const NO_LOG = ['command', 'found', 'verb', 'rules'];

const src = join(root, 'src');

function* calls(): Generator<ts.CallExpression | ts.NewExpression> {
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
    const text = readFileSync(join(src, name), 'utf8');
    if (!/\b(?:error|warn|OAuthError)\(/.test(text)) continue;
    yield* below(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  }
}

function* below(node: ts.Node): Generator<ts.CallExpression | ts.NewExpression> {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* below(child);
}

/** The codes of OAuth errors, such as `invalid_grant`. */
export function errorCodes(): string[] {
  const found = new Set<string>();
  for (const { expression, arguments: given } of calls()) {
    if (!ts.isIdentifier(expression) || !MAKERS.includes(expression.text)) continue;
    const [first] = given ?? [];
    if (first && ts.isStringLiteral(first) && /^[a-z]+(_[a-z]+)*$/.test(first.text)) found.add(first.text);
  }
  return [...found].sort();
}

/** The longest fixed part of each message that is logged as a warning or an error. */
export function logMessages(): string[] {
  const found = new Set<string>();
  for (const { expression, arguments: given } of calls()) {
    if (!ts.isPropertyAccessExpression(expression) || !LEVELS.includes(expression.name.text)) continue;
    if (NO_LOG.includes(expression.expression.getText())) continue;
    const [first] = given ?? [];
    const part = first && fixedPart(messageOf(first));
    if (part) found.add(part);
  }
  return [...found].sort();
}

/** `log.warn('text')` or `log.error({ message: 'text', error })`. */
function messageOf(node: ts.Expression): ts.Expression {
  if (!ts.isObjectLiteralExpression(node)) return node;
  const member = node.properties.find((one) => one.name?.getText() === 'message');
  return member && ts.isPropertyAssignment(member) ? member.initializer : node;
}

function fixedPart(node: ts.Expression): string | undefined {
  const parts = ts.isStringLiteralLike(node)
    ? [node.text]
    : ts.isTemplateExpression(node)
      ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
      : [];
  const [longest = ''] = parts.map((part) => part.trim()).sort((one, other) => other.length - one.length);
  return longest.length > 3 ? longest : undefined;
}
