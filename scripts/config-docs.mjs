/**
 * Writes the keys of docs/configuration.md from the schema, and the lists of keys that the chart of Kubernetes has:
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
/** Both listeners have the same keys, so that the second one only refers to those of the first. */
const LISTENERS = ['public', 'admin'];
/** A group with more keys than this is divided into sections. */
const MANY_KEYS = 12;
/** So many keys need neither a section of their own nor a table above them. */
const FEW_KEYS = 3;

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

/** A key under a heading of its own, to which other pages link: `configuration.md#oauth2dpopenabled`. */
function entry({ path, node, boot, secret, ignored, like }, mark = '####') {
  const facts = [
    node['x-env'] === false ? '' : `\`${path.join('_').toUpperCase()}\``,
    typeOf(node),
    defaultOf(node) && `default: ${defaultOf(node)}`,
    secret ? 'secret' : '',
    boot ? 'a change needs a restart' : '',
  ];
  const about = like ? `As ${linked(like)}.` : node.description;
  const remarks = [about, ignored ? `_Without effect: ${ignored}._` : ''];
  return `${mark} \`${path.join('.')}\`\n\n${facts.filter(Boolean).join(' · ')}\n\n${remarks.filter(Boolean).join(' ')}\n`;
}

/** The anchor of a heading as GitHub makes it: lower case, without dots and backticks. */
const linked = (key) => `[\`${key}\`](#${key.toLowerCase().replaceAll(/[.$]/g, '')})`;

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

const HEAD = ['Key', 'Type', 'Default'];

function table(found) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rows = found.map(({ path, node }) => [linked(path.join('.')), typeOf(node), defaultOf(node)]);
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A group that may also be written as one value is a key as well, and two headings must not have one anchor. */
function section(name, text, found) {
  const isAlsoKey = found.some(({ path }) => path.join('.') === name);
  if (isAlsoKey && found.length === 1) return entry(found[0], '###');
  const title = name.includes(' ') ? name : `\`${name}\`${isAlsoKey ? ' and its parts' : ''}`;
  const overview = found.length > FEW_KEYS ? `${table(found)}\n\n` : '';
  return `### ${title}\n\n${text ? `${text}\n\n` : ''}${overview}${found.map((key) => entry(key)).join('\n')}`;
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
    ...groups.flatMap(({ name, node }) => (name === 'serve' ? serveSections(node) : groupSections(name, node))),
  ].join('\n');
}

/** A large group is divided: groups within it that have several keys get sections behind its own. */
function groupSections(name, node) {
  const found = [...keys(node, [name], {})];
  if (found.length <= MANY_KEYS) return [section(name, node.description, found)];
  const second = ({ path }) => path[1];
  const inner = Object.keys(node.properties).map((child) => [child, found.filter((key) => second(key) === child)]);
  const apart = inner.filter(([, of]) => of.length > FEW_KEYS);
  const own = inner.filter(([, of]) => of.length <= FEW_KEYS).flatMap(([, of]) => of);
  return [
    section(name, node.description, own),
    ...apart.map(([child, of]) => section(`${name}.${child}`, resolved(node.properties[child]).description, of)),
  ];
}

function serveSections(node) {
  const { public: listener, admin, ...others } = node.properties;
  return [
    ...LISTENERS.map((name) => listenerSection(name, { public: listener, admin }[name])),
    ...Object.entries(others).map(([name, child]) =>
      section(`serve.${name}`, resolved(child).description, [...keys(child, ['serve', name], {})]),
    ),
  ];
}

/** Both listeners have the same keys: those of the first are described, and those of the second refer to them. */
function listenerSection(name, listener) {
  const found = [...keys(listener, ['serve', name], {})].map((key) => {
    const twin = ['serve', LISTENERS[0], ...key.path.slice(2)];
    const isTold =
      name !== LISTENERS[0] && key.path[2] in resolved(schema.properties.serve.properties.public).properties;
    return { ...key, like: isTold ? twin.join('.') : undefined };
  });
  return section(`serve.${name}`, resolved(listener).description, found);
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
