/** Every block of the documentation is executed, checked, or an exception whose reason is written down. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.js';
import { ignoredKeys } from '../../src/config/ignored-keys.js';
import { givenValues, loadConfiguration } from '../../src/config/load-configuration.js';
import { valueAt } from '../../src/config/configuration-tree.js';
import { root } from '../e2e/support/built.js';
import { Folder } from '../integration/config/folder.js';
import { REST, VARIABLES } from './configurations.js';
import { refusalOf } from './command-lines.js';
import { EXCEPTIONS } from './exceptions.js';
import { FILES } from './files.js';
import { type Block, blocksOf, PAGES, placeOf } from './pages.js';
import { elsewhereFaults, type Treatment, treatmentOf } from './treatment.js';

const blocks = PAGES.flatMap(blocksOf);
const faults: string[] = [];
const judged = blocks.flatMap((block) => {
  try {
    return [{ block, treatment: treatmentOf(block) }];
  } catch (error) {
    faults.push(String(error));
    return [];
  }
});

type Treated<Kind> = { block: Block; treatment: Extract<Treatment, { as: Kind }> };
const treated = <Kind extends Treatment['as']>(kind: Kind): Treated<Kind>[] =>
  judged.filter((one): one is Treated<Kind> => one.treatment.as === kind);
const faultsOf = (found: { block: Block; faults: string[] }[]): string[] =>
  found.flatMap(({ block, faults }) => faults.map((fault) => `${placeOf(block)}: ${fault}`));

interface Document {
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, unknown> };
}
const api = JSON.parse(readFileSync(join(root, 'openapi/ostiary.json'), 'utf8')) as Document;

describe('each block of the documentation', () => {
  it('has a treatment', () => {
    expect(faults).toEqual([]);
    expect(blocks.length).toBeGreaterThan(150);
  });

  it(`is an exception only with a reason: ${String(EXCEPTIONS.length)} are`, () => {
    const excused = [...treated('exception'), ...treated('parsed').filter(({ treatment }) => treatment.reason)];
    const found = excused.map(({ block: { page, text } }) => [page, text] as const);
    const unused = EXCEPTIONS.filter(
      ([of, start]) => !found.some(([page, text]) => page === of && text.startsWith(start)),
    );
    expect(unused).toEqual([]);
    expect(found.length).toBe(EXCEPTIONS.length);
  });

  it('that is executed elsewhere is named there', () => {
    const faults = treated('elsewhere').map(({ block, treatment: { test } }) => ({
      block,
      faults: existsSync(join(root, test)) ? elsewhereFaults(block, test) : [`${test} does not exist`],
    }));
    expect(faultsOf(faults)).toEqual([]);
  });

  it('that repeats a file has its lines', () => {
    const faults = treated('part').map(({ block, treatment: { of } }) => ({
      block,
      faults: isPartOf(block.text, readFileSync(join(root, of), 'utf8')) ? [] : [`${of} does not contain it`],
    }));
    expect(faultsOf(faults)).toEqual([]);
  });

  it('with shell text is understood by a shell, and its calls by the program', async () => {
    const found = [...treated('parsed'), ...treated('command')];
    const faults = [];
    for (const { block } of found) faults.push({ block, faults: await shellFaults(block.text) });
    expect(faultsOf(faults)).toEqual([]);
  });

  it('with a part of a program can be read by TypeScript', () => {
    const faults = treated('code').map(({ block }) => ({ block, faults: syntaxFaults(block.text) }));
    expect(faultsOf(faults)).toEqual([]);
  });

  it('with a message names an endpoint of the API', () => {
    const faults = treated('message').map(({ block }) => ({ block, faults: messageFaults(block.text) }));
    expect(faultsOf(faults)).toEqual([]);
  });

  it('with a document is what the API takes', () => {
    const faults = treated('document').map(({ block, treatment: { schema } }) => ({
      block,
      faults: documentFaults(block.text, schema),
    }));
    expect(faultsOf(faults)).toEqual([]);
  });
});

describe('the configuration in the documentation', () => {
  const folder = new Folder();

  it.each(treated('configuration').map(({ block }) => ({ ...block, place: placeOf(block) })))(
    'is accepted, and every key has an effect: $place',
    ({ kind, text }) => {
      const file = folder.write(`example.${kind}`, withFiles(text));
      const given = givenValues({ files: [file], env: {} });
      const rest = Object.entries(REST).filter(([name]) => valueAt(given, VARIABLES.get(name) ?? []) === undefined);
      const configuration = loadConfiguration({ files: [file], env: Object.fromEntries(rest) });
      expect(ignoredKeys(configuration)).toEqual([]);
    },
  );
});

/** The files that pages name and the configuration reads at once are those of the examples. */
const withFiles = (text: string): string =>
  Object.entries(FILES).reduce((all, [named, own]) => all.replaceAll(named, join(root, own)), text);

/** Whether the lines stand one after the other in the file, apart from the indent; `…` stands for any lines. */
function isPartOf(text: string, source: string): boolean {
  const lines = (all: string): string =>
    all
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join('\n');
  const parts = lines(text).split(/^.*…$\n?/m);
  let rest = lines(source);
  return parts.every((part) => {
    const at = rest.indexOf(part.trim());
    rest = rest.slice(at + part.length);
    return at >= 0;
  });
}

async function shellFaults(text: string): Promise<string[]> {
  const faults: string[] = [];
  try {
    execFileSync('bash', ['-n'], { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
  } catch (error) {
    faults.push(String(error));
  }
  const refusal = await refusalOf(text, commandLine);
  return refusal ? [...faults, refusal] : faults;
}

function syntaxFaults(text: string): string[] {
  const of = (source: string): string[] =>
    (ts.transpileModule(source, { reportDiagnostics: true }).diagnostics ?? []).map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, ' '),
    );
  const asMember = of(`class Part {\n${text}}`);
  return asMember.length === 0 ? [] : of(text);
}

/** Method and path are those of an operation; a response has a status line. */
function messageFaults(text: string): string[] {
  const [first = ''] = text.split('\n');
  if (/^HTTP\/1\.1 [1-5]\d\d [A-Z]/.test(first)) return [];
  const [, method = '', target = ''] = /^([A-Z]+) (\/\S*) HTTP\/1\.1$/.exec(first) ?? [];
  if (!method) return [`'${first}' is neither a request line nor a status line`];
  const [path = ''] = target.split('?');
  const known = Object.entries(api.paths).some(([template, operations]) => {
    const pattern = new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
    return pattern.test(path) && method.toLowerCase() in operations;
  });
  return known ? [] : [`the API has no ${method} ${path}`];
}

function documentFaults(text: string, schema: string): string[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const known = schema in api.components.schemas;
  if (!known) return [`the API document has no schema '${schema}'`];
  const validate = ajv.compile({ ...api, $ref: `#/components/schemas/${schema}` });
  const value = JSON.parse(text) as object;
  const { properties } = api.components.schemas[schema] as { properties?: object };
  const strange = Object.keys(value).filter((name) => properties && !(name in properties));
  const faults = validate(value) ? [] : [ajv.errorsText(validate.errors)];
  return [...faults, ...strange.map((name) => `the schema has no member '${name}'`)];
}
