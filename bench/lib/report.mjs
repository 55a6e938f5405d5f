// Formats a result file as Markdown.
import { median } from './summary.mjs';

/** Three significant figures; a value below `least` is zero. */
const n = (x, least = 0.005) =>
  x == null || Number.isNaN(x)
    ? '–'
    : Math.abs(x) < least
      ? '0'
      : Math.abs(x) >= 100
        ? Math.round(x).toString()
        : Number(x.toPrecision(3)).toString();
const table = (head, rows) =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map((_, i) => (i ? ' ---: ' : ' --- ')).join('|')}|`,
    ...rows.map((r) => `| ${r.join(' | ')} |`),
  ].join('\n');
/** Rounds that disagree by more than this share of their median are marked as disturbed. */
const NOISY = 0.25;
const mark = (s) =>
  [
    s.spread.rate > NOISY && 'r',
    s.spread.cost > NOISY && 'c',
    s.generatorWasLimit && 'G',
    s.exhausted && 'X',
    s.errors && `${s.errors} errors`,
  ]
    .filter(Boolean)
    .join(' ');
const spread = (s) => `${Math.round(s.spread.rate * 100)} / ${Math.round(s.spread.cost * 100)} %`;

function scenarioTables(list) {
  const speed = table(
    [
      'scenario',
      'rate / floor',
      'floor',
      'rate / hello',
      'CPU / least',
      'p50 / hello p50',
      'p95 / p50',
      'p99 / p50',
      'server CPU-s per 1000',
      'PostgreSQL CPU-s per 1000',
      'spread',
      'mark',
    ],
    list.map(([name, s]) => [
      name,
      n(s.rateRatio, 0),
      s.floor,
      n(s.helloRatio, 0),
      n(s.costRatio),
      n(s.p50InHello),
      n(s.p95OverP50),
      n(s.p99OverP50),
      n(s.serverCpu * 1000),
      n(s.postgresCpu * 1000),
      spread(s),
      mark(s),
    ]),
  );
  const redis = list.some(([, s]) => s.redisCommands !== undefined);
  const data = table(
    [
      'scenario',
      'SQL statements',
      'begin/commit',
      'transactions',
      'SQL ms',
      'WAL bytes',
      'full pages',
      'rows inserted',
      'updated',
      'deleted',
      'table bytes left',
      ...(redis ? ['Redis commands', 'Redis bytes'] : []),
    ],
    list.map(([name, s]) => [
      name,
      n(s.statements),
      n(s.control),
      n(s.transactions),
      n(s.sqlMs),
      n(s.wal),
      n(s.fullPages),
      n(s.inserted),
      n(s.updated),
      n(s.deleted),
      n(s.bytes),
      ...(redis ? [n(s.redisCommands), n(s.redisBytes)] : []),
    ]),
  );
  return `${speed}\n\n${data}`;
}

function floorsTable(list) {
  const rounds = list.flatMap(([, s]) => s.rounds.map((r) => r.floors));
  const cpu = (f) => {
    const v = rounds.map(f).filter((x) => x !== undefined);
    return v.length ? n(median(v) * 1000, 0) : '–';
  };
  return table(
    ['floor', 'CPU-s per 1000'],
    [
      ['hello (server)', cpu((r) => r.hello.cpu)],
      ['insert (PostgreSQL)', cpu((r) => r.insert?.cpu)],
      ['select (PostgreSQL)', cpu((r) => r.select?.cpu)],
      ['RS256-2048 signature', cpu((r) => r.crypto.sign)],
      ['PBKDF2-SHA256, 25,000 rounds', cpu((r) => r.crypto.hash)],
    ],
  );
}

const growthTable = (growth) =>
  table(
    [
      'many rows / few rows',
      'rate',
      'server CPU',
      'PostgreSQL CPU',
      'SQL ms',
      'p50',
      'p99',
      'WAL bytes',
      'full pages, few',
      'full pages, many',
      'spread',
      'mark',
    ],
    Object.entries(growth).flatMap(([name, list]) =>
      [list]
        .flat()
        .map((g) => [
          `${name} (${g.rows[1]} / ${g.rows[0]})`,
          ...['rate', 'serverCpu', 'postgresCpu', 'sqlMs', 'p50', 'p99'].map((k) => n(g[k])),
          g.small.wal < 1 ? '–' : n(g.wal),
          n(g.small.fullPages),
          n(g.large.fullPages),
          spread(g),
          mark(g),
        ]),
    ),
  );

/** A server needs the first tenth of the samples to warm up. */
function soakText({ seconds, ops, errors, samples, flow }) {
  const warm = samples[Math.floor(samples.length / 10)];
  return `Soak: ${ops} operations in ${seconds} s, ${errors} errors; ${n(warm)} MiB when warm, ${n(samples.at(-1))} MiB at the end. An open flow takes ${n(flow.server)} bytes of the server and ${n(flow.stores)} of the stores.`;
}

export function render(result) {
  const { options: o, postgres: p } = result;
  const parts = [
    `${result.date}, ${result.machine.cores} cores, Node ${result.node}; ${o.rounds} rounds of ${o.seconds} s, ${o.connections} connections, ${o.generators} generator process(es); pool ${o.pool} tokens, ${o.clients} clients.`,
    `PostgreSQL ${p.server_version}: ${Object.entries(p)
      .slice(1)
      .map(([k, v]) => `${k} ${v}`)
      .join(', ')}.${result.redis ? ` Redis ${result.redis.version}, appendonly ${result.redis.appendonly}.` : ''}`,
    'Spread: (max − min) / median over the rounds, of rate / floor and of CPU / least; `r` or `c` marks one above a quarter, disturbed by other work on the machine. `G`: the generator was the limit. `X`: what the scenario uses up ran out. Figures are per operation unless the head says otherwise.',
  ];
  for (const [name, s] of Object.entries(result.servers)) {
    const list = Object.entries(s.scenarios);
    const starts = result.coldStart;
    parts.push(
      `### ${name}`,
      scenarioTables(list),
      floorsTable(list),
      `Memory: ${n(s.memory.idle)} MiB idle, ${n(s.memory.end)} MiB at the end, ${n(s.memory.peak)} MiB peak.${starts ? ` Cold start: ${n(median(starts[name]) / median(starts.floor))} × that of a bare node:http server.` : ''}`,
    );
    if (s.growth) parts.push(growthTable(s.growth));
    if (s.soak) parts.push(soakText(s.soak));
  }
  return parts.join('\n\n');
}
