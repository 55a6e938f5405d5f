// The command line of the driver (README.md describes each option).
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scenarios } from './scenarios.mjs';

export const OURS = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const OUR_FILL = fileURLToPath(new URL('../fill/ostiary.sql', import.meta.url));

const text = (value) => ({ type: 'string', default: value });

const TABLE = {
  bin: text(`${process.execPath} ${OURS}`),
  name: text('ostiary'),
  vs: text(),
  'vs-name': text('other'),
  dsn: text(),
  'vs-dsn': text(),
  redis: text(),
  scenario: { type: 'string', multiple: true },
  json: text(),
  svg: text(),
  report: text(),
  seconds: text('5'),
  rounds: text('3'),
  connections: text('16'),
  generators: text('1'),
  pool: text('10000'),
  clients: text('10000'),
  growth: text(''),
  fill: text(OUR_FILL),
  'vs-fill': text(),
  starts: text('5'),
  soak: text('0'),
};

/** Exits with status 2 where the command line is invalid. */
export function readOptions() {
  const { values } = parseArgs({ options: TABLE });
  if (!values.report && !values.dsn?.includes('{db}')) refuse('--dsn postgres://user@127.0.0.1:5432/{db} is missing.');
  const chosen = values.scenario ?? Object.keys(scenarios);
  const unknown = chosen.find((name) => !scenarios[name]);
  if (unknown) refuse(`There is no scenario ${unknown}. There are ${Object.keys(scenarios).join(', ')}.`);
  const numbers = ['seconds', 'rounds', 'connections', 'generators', 'pool', 'clients', 'starts', 'soak'];
  return {
    ...values,
    ...Object.fromEntries(numbers.map((name) => [name, Number(values[name])])),
    scenarios: chosen,
    growth: values.growth.split(',').filter(Boolean).map(Number),
    contestants: [
      { name: values.name, bin: values.bin, dsn: values.dsn, fill: values.fill },
      ...(values.vs
        ? [{ name: values['vs-name'], bin: values.vs, dsn: values['vs-dsn'] ?? values.dsn, fill: values['vs-fill'] }]
        : []),
    ],
  };
}

function refuse(why) {
  console.error(why);
  process.exit(2);
}
