/**
 * Writes the tables of fields in the guides from openapi/ostiary.json: between `<!-- fields of SCHEMA -->` and `<!-- end of
 * fields -->` stands one row for each member. `node scripts/field-docs.mjs` checks that they are up to date (exit 1
 * otherwise); `--write` updates them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const TABLE = /(<!-- fields of (\w+) -->)[^]*?(<!-- end of fields -->)/g;
/** Described elsewhere: the member is named, and its own members are not. */
const APART = ['oAuth2Client'];

/** Of what the app reads: always there. Of what it sends: must be there. */
const REQUIRED = ' **Always.**';

const { schemas } = JSON.parse(readFileSync(`${root}/openapi/ostiary.json`, 'utf8')).components;

const nameOf = ({ $ref, allOf }) => ($ref ?? allOf?.[0]?.$ref)?.replace('#/components/schemas/', '');

/** The members of a schema, and those of the objects in it. */
function rows(schema, above = '') {
  const required = schemas[schema].required ?? [];
  return Object.entries(schemas[schema].properties).flatMap(([name, member]) => {
    const inner = nameOf(member);
    if (inner && !APART.includes(inner)) return rows(inner, `${above}${name}.`);
    return [[`\`${above}${name}\``, kindOf(member), `${textOf(member)}${required.includes(name) ? REQUIRED : ''}`]];
  });
}

function kindOf(member) {
  if (nameOf(member)) return 'client';
  if (member.type === 'array') return `list of ${kindOf(member.items) === 'text' ? 'texts' : 'objects'}`;
  const names = { string: 'text', integer: 'whole number', boolean: 'boolean', object: 'object' };
  return member.format === 'date-time' ? 'time' : (names[member.type] ?? 'JSON');
}

const textOf = ({ description = '' }) => description.replaceAll('\n', ' ').trim();

function table(schema) {
  if (!schemas[schema]) throw new Error(`The API document has no schema ${schema}.`);
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const head = ['Member', 'Type', 'Meaning'];
  return [line(head), line(head.map(() => '---')), ...rows(schema).map(line)].join('\n');
}

async function written(text, file) {
  const next = text.replace(TABLE, (_, begin, schema, end) => `${begin}\n\n${table(schema)}\n\n${end}`);
  return prettier.format(next, { ...(await prettier.resolveConfig(file)), parser: 'markdown' });
}

for (const name of readdirSync(`${root}/docs/guides`)) {
  if (!name.endsWith('.md')) continue;
  const file = `${root}/docs/guides/${name}`;
  const text = readFileSync(file, 'utf8');
  if (!text.includes('<!-- fields of ')) continue;
  const next = await written(text, file);
  if (process.argv.includes('--write')) writeFileSync(file, next);
  else if (next !== text) {
    console.error(`${file} is not what the API document says: node scripts/field-docs.mjs --write`);
    process.exitCode = 1;
  }
}
