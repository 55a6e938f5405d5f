/**
 * Writes the tables of docs/configuration.md from the schema, and the lists of keys that the chart of Kubernetes has:
 * those that only a restart applies, and those that are secret. `node scripts/config-docs.mjs` checks that they are up to
 * date (exit 1 otherwise); `--write` updates them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const SCHEMA = fileURLToPath(new URL('../src/config/config.schema.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));
const CHART = fileURLToPath(new URL('../deploy/helm/ostiary/files', import.meta.url));
/** In the Secret of the chart under names of their own. */
const APART = ['dsn', 'secrets.system', 'secrets.cookie'];
const [BEGIN, END] = ['<!-- keys: made by scripts/config-docs.mjs -->', '<!-- end of keys -->'];
/** Both listeners have the same keys, so that one table shows them. */
const LISTENERS = ['public', 'admin'];

const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'));

function resolved(node) {
  if (!node.$ref) return node;
  const { $ref, ...beside } = node;
  const base = resolved(schema.$defs[$ref.replace('#/$defs/', '')]);
  const added = Object.entries(beside.properties ?? {}).map(([name, child]) => [
    name,
    { ...base.properties[name], ...child },
  ]);
  return { ...base, ...beside, properties: { ...base.properties, ...Object.fromEntries(added) } };
}

/** The leaves below a node, each with the properties that it inherits. */
function* keys(node, path, above) {
  const own = resolved(node);
  const inherited = {
    boot: above.boot || own['x-boot'] === true,
    secret: above.secret || own['x-secret'] === true,
    ignored: own['x-ignored'] ?? above.ignored,
  };
  const children = Object.entries(own.properties ?? {});
  if (children.length === 0 || [own.type].flat().includes('string')) yield { path, node: own, ...inherited };
  for (const [name, child] of children) yield* keys(child, [...path, name], inherited);
}

function row({ path, node, boot, secret, ignored }) {
  const key = path.join('.');
  const variable = node['x-env'] === false ? '' : `\`${path.join('_').toUpperCase()}\``;
  const remarks = [node.description, secret ? 'Secret.' : '', ignored ? `_Without effect: ${ignored}._` : ''];
  return [
    `\`${key}\``,
    variable,
    typeOf(node),
    defaultOf(node),
    boot ? 'restart' : '',
    remarks.filter(Boolean).join(' '),
  ];
}

function typeOf(node) {
  if (node['x-duration']) return node.type === 'string' ? 'duration' : 'duration or -1';
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.const) return `\`${node.const}\``;
  if (node.type !== 'array') return [node.type].flat().map(named).join(' or ');
  const items = resolved(node.items ?? {});
  return items.enum ? `list of ${items.enum.map((value) => `\`${value}\``).join(', ')}` : 'list';
}

const named = (type) => ({ string: 'text', integer: 'whole number', object: 'group' })[type] ?? type;

function defaultOf(node) {
  if (node['x-default'] !== undefined) return node['x-default'];
  if (node.default === undefined || node.default === '') return '';
  if (Array.isArray(node.default)) return node.default.length === 0 ? 'empty' : `\`${node.default.join(', ')}\``;
  return typeof node.default === 'object' ? 'empty' : `\`${node.default}\``;
}

const HEAD = ['Key', 'Variable', 'Type', 'Default', 'Change', 'Meaning'];

function table(rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.map(line)].join('\n');
}

function section(title, text, found) {
  return `### ${title}\n\n${text}\n\n${table(found.map(row))}\n`;
}

function sections() {
  const tops = Object.entries(schema.properties).map(([name, node]) => ({ name, node: resolved(node) }));
  const single = tops.filter(({ node }) => !node.properties);
  const groups = tops.filter(({ node }) => node.properties);
  return [
    section(
      'Top level',
      'The database, and the mode of the server.',
      single.flatMap(({ name, node }) => [...keys(node, [name], {})]),
    ),
    ...groups.flatMap(({ name, node }) => (name === 'serve' ? serveSections(node) : [groupSection(name, node)])),
  ].join('\n');
}

const groupSection = (name, node) => section(`\`${name}\``, node.description, [...keys(node, [name], {})]);

function serveSections(node) {
  const { public: listener, admin, ...others } = node.properties;
  const both = [...keys(listener, ['serve', `{${LISTENERS.join(',')}}`], {})];
  for (const key of both)
    if (key.path.at(-1) === 'port') key.node = { ...key.node, 'x-default': '`4444`; `4445` of admin' };
  const own = Object.entries(admin.properties).filter(([name]) => !resolved(listener).properties[name]);
  const adminOnly = own.flatMap(([name, child]) => [...keys(child, ['serve', 'admin', name], {})]);
  return [
    section('`serve.public` and `serve.admin`', `${listener.description} ${admin.description}`, [
      ...both,
      ...adminOnly,
    ]),
    ...Object.entries(others).map(([name, child]) =>
      section(`\`serve.${name}\``, resolved(child).description, [...keys(child, ['serve', name], {})]),
    ),
  ];
}

const page = readFileSync(PAGE, 'utf8');
const [before, rest] = page.split(BEGIN);
const after = rest.split(END)[1];
const options = { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' };
const next = await prettier.format(`${before}${BEGIN}\n\n${sections()}\n${END}${after}`, options);

function list(marked) {
  const paths = [...keys(schema, [], {})].filter(marked).map(({ path }) => path.join('.'));
  return `${paths
    .filter((path) => !APART.includes(path))
    .sort()
    .join('\n')}\n`;
}

const written = [
  { file: PAGE, text: next },
  { file: `${CHART}/restart-keys.txt`, text: list(({ boot }) => boot) },
  { file: `${CHART}/secret-keys.txt`, text: list(({ secret }) => secret) },
];
for (const { file, text } of written) {
  if (process.argv.includes('--write')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what the schema says: node scripts/config-docs.mjs --write`);
    process.exitCode = 1;
  }
}
