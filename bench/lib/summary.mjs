// Computes the figures of a scenario from its rounds: medians, ratios to the floors, and how far the rounds disagreed.
export const median = (list) => {
  const s = [...list].sort((a, b) => a - b),
    m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};
const spread = (list) => (Math.max(...list) - Math.min(...list)) / median(list);

const FIGURES = [
  'p50',
  'p95',
  'p99',
  'serverCpu',
  'postgresCpu',
  'redisCpu',
  'statements',
  'control',
  'sqlMs',
  'wal',
  'fullPages',
  'bytes',
  'redisCommands',
  'redisBytes',
];

/** CPU seconds for the least that any server must do: floors of the same round, added up. */
function leastCpu({ requests = 0, inserts = 0, selects = 0, signs = 0, hashes = 0 }, at) {
  return (
    requests * at.hello.cpu +
    inserts * (at.insert?.cpu ?? 0) +
    selects * (at.select?.cpu ?? 0) +
    signs * at.crypto.sign +
    hashes * at.crypto.hash
  );
}

export function summarize({ least, floor }, floors, runs, extra) {
  const rateRatios = runs.map((r, i) => r.rate / floors[i][floor].rate);
  const costRatios = runs.map((r, i) => (r.serverCpu + r.postgresCpu + r.redisCpu) / leastCpu(least, floors[i]));
  const medians = Object.fromEntries(
    FIGURES.filter((f) => runs.some((r) => r[f] !== undefined)).map((f) => [f, median(runs.map((r) => r[f]))]),
  );
  return {
    floor,
    least,
    rateRatio: median(rateRatios),
    helloRatio: median(runs.map((r, i) => r.rate / floors[i].hello.rate)),
    costRatio: median(costRatios),
    spread: { rate: spread(rateRatios), cost: spread(costRatios) },
    ops: runs.reduce((s, r) => s + r.ops, 0),
    errors: runs.reduce((s, r) => s + r.errors, 0),
    firstErrors: [...new Set(runs.flatMap((r) => r.firstErrors))].slice(0, 3),
    rate: median(runs.map((r) => r.rate)),
    ...medians,
    ...extra,
    p50InHello: median(runs.map((r, i) => r.p50 / floors[i].hello.p50)),
    p95OverP50: median(runs.map((r) => r.p95 / r.p50)),
    p99OverP50: median(runs.map((r) => r.p99 / r.p50)),
    generatorShare: median(runs.map((r) => r.generatorCpu / r.seconds)),
    generatorWasLimit: runs.some((r) => r.generatorWasLimit),
    exhausted: runs.some((r) => r.exhausted),
    rounds: runs.map((r, i) => ({
      rate: r.rate,
      serverCpu: r.serverCpu,
      postgresCpu: r.postgresCpu,
      wal: r.wal,
      floors: floors[i],
    })),
  };
}

/** The figures of the second instance as a ratio to the first. */
export function summarizeGrowth([small, large], [a, b]) {
  const ratio = (f) => median(a.rounds.map((_, i) => f(b, i) / f(a, i)));
  return {
    rows: [small, large],
    errors: a.errors + b.errors,
    rate: ratio((s, i) => s.rounds[i].rate),
    serverCpu: ratio((s, i) => s.rounds[i].serverCpu),
    postgresCpu: ratio((s, i) => s.rounds[i].postgresCpu),
    wal: b.wal / a.wal,
    sqlMs: b.sqlMs / a.sqlMs,
    p50: b.p50 / a.p50,
    p99: b.p99 / a.p99,
    spread: { rate: Math.max(a.spread.rate, b.spread.rate), cost: Math.max(a.spread.cost, b.spread.cost) },
    small: a,
    large: b,
  };
}
