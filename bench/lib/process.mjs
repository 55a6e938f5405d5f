// A process and its descendants as the kernel sees them: CPU time and memory.
import { readFileSync, readdirSync } from 'node:fs';

const TICK = 100; // USER_HZ: 100 on every Linux that Node runs on

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function table() {
  const all = new Map();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (f.length > 15)
      all.set(Number(pid), {
        parent: Number(f[1]),
        own: Number(f[11]) + Number(f[12]),
        reaped: Number(f[13]) + Number(f[14]),
      });
  }
  return all;
}

function tree(root, all = table()) {
  const pids = all.has(root) ? [root] : [];
  for (const pid of pids) for (const [child, p] of all) if (p.parent === pid) pids.push(child);
  return pids;
}

/** CPU seconds that the tree has used so far, with those of its children that ended. */
export function cpuSeconds(root) {
  const all = table();
  return tree(root, all).reduce((sum, pid) => sum + all.get(pid).own + all.get(pid).reaped, 0) / TICK;
}

/** Resident memory of the tree in MiB: `now` (shared pages counted once) and `peak`. */
export function memory(root) {
  let now = 0,
    peak = 0;
  for (const pid of tree(root)) {
    const rss =
      /^Pss: +(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`));
    now += Number(rss?.[1] ?? 0);
    peak += Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return { now: now / 1024, peak: peak / 1024 };
}
