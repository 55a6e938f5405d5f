// Draws the growth curves: cost of one operation, relative to few rows, by the number of live tokens.
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [780, 360, 56, 40, 240, 48];
const COLOURS = ['#1f6f8b', '#b4492f', '#5b7f3a', '#7a4d9b', '#a67c1a', '#3d3d3d'];

/** @param growth per scenario a list of { rows: [few, many], serverCpu, postgresCpu }, ratios to few rows */
export function growthChart(name, growth) {
  const curves = Object.entries(growth).flatMap(([scenario, list]) =>
    ['serverCpu', 'postgresCpu'].map((figure) => ({
      label: `${scenario}, ${figure === 'serverCpu' ? 'server' : 'PostgreSQL'}`,
      points: [[list[0].rows[0], 1], ...list.map((one) => [one.rows[1], one[figure]])],
    })),
  );
  const all = curves.flatMap(({ points }) => points);
  const scale = scales(all);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="20" font-size="14">${name}: CPU of one operation, relative to ${all[0][0].toLocaleString('en')} live tokens</text>`,
    ...grid(scale, all),
    ...curves.flatMap((curve, i) => draw(curve, i, scale)),
    '</svg>',
    '',
  ].join('\n');
}

function scales(points) {
  const logs = points.map(([rows]) => Math.log10(rows));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const top = Math.max(2, Math.ceil(Math.max(...points.map(([, ratio]) => ratio)) * 2) / 2);
  return {
    top,
    x: (rows) => LEFT + ((Math.log10(rows) - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT),
    y: (ratio) => HEIGHT - BOTTOM - (ratio / top) * (HEIGHT - TOP - BOTTOM),
  };
}

function grid({ x, y, top }, points) {
  const lines = [];
  for (let ratio = 0; ratio <= top; ratio += 0.5) {
    lines.push(
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ratio)}" y2="${y(ratio)}" stroke="#dddddd"/>`,
      `<text x="${LEFT - 8}" y="${y(ratio) + 4}" text-anchor="end">${ratio}</text>`,
    );
  }
  for (const rows of new Set(points.map(([count]) => count))) {
    lines.push(
      `<text x="${x(rows)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${rows.toLocaleString('en')}</text>`,
    );
  }
  return lines;
}

function draw({ label, points }, index, { x, y }) {
  const colour = COLOURS[index % COLOURS.length];
  const path = points.map(([rows, ratio]) => `${x(rows).toFixed(1)},${y(ratio).toFixed(1)}`).join(' ');
  const at = TOP + 20 + index * 20;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    `<rect x="${WIDTH - RIGHT + 16}" y="${at - 9}" width="10" height="10" fill="${colour}"/>`,
    `<text x="${WIDTH - RIGHT + 32}" y="${at}">${label}</text>`,
  ];
}
