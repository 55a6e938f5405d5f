// The limit of a container's CPU, as a kubelet sets it: a quota for each period of 100 ms (control groups 1 and 2).
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD_US = 100_000;
const FOLDER = '/sys/fs/cgroup';

export class CpuLimit {
  /** @param cpus for example 0.1, which Kubernetes writes as 100m */
  constructor(cpus) {
    const isFirst = existsSync(join(FOLDER, 'cpu', 'cpu.cfs_quota_us'));
    const name = `ostiary-bench-${process.pid}`;
    this.folder = isFirst ? join(FOLDER, 'cpu', name) : join(FOLDER, name);
    const quota = Math.round(cpus * PERIOD_US);
    mkdirSync(this.folder);
    if (isFirst) writeFileSync(join(this.folder, 'cpu.cfs_quota_us'), String(quota));
    else writeFileSync(join(this.folder, 'cpu.max'), `${quota} ${PERIOD_US}`);
  }
  /** The command as one that joins the group before it becomes the program. */
  around(argv) {
    return ['sh', '-c', 'echo $$ > "$0"/cgroup.procs && exec "$@"', this.folder, ...argv];
  }
  remove() {
    rmdirSync(this.folder);
  }
}
