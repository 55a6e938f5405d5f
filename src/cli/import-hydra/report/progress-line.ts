/** Says on stderr how far a table is: on a terminal one line that is written anew, else a line every ten seconds. */

const LINE_EVERY_MS = 10_000;
const REDRAW_EVERY_MS = 200;

interface Counted {
  doing: string;
  table: string;
  /** Rows that were done before this run, which say nothing of its speed. */
  before: number;
  done: number;
  of: number;
  since: number;
}

export class ProgressLine {
  private current: Counted | undefined;
  private told = 0;
  private isDrawn = false;

  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> & { readonly columns?: number },
    private readonly now: () => number = () => Date.now(),
  ) {
    this.told = now();
  }

  /** @param of all rows of the table, `before` of which were done earlier */
  start(doing: string, table: string, { before, of }: { before: number; of: number }): void {
    this.current = { doing, table, before, done: before, of, since: this.now() };
  }

  add(rows: number): void {
    if (!this.current) return;
    this.current.done += rows;
    const every = this.stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS;
    if (this.now() - this.told < every) return;
    this.told = this.now();
    const line = text(this.current, this.now());
    this.stream.write(this.stream.isTTY ? `\r\u001b[K${this.cut(line)}` : `${line}\n`);
    this.isDrawn = this.stream.isTTY;
  }

  /** A line that the terminal wraps could not be written anew. */
  private cut(line: string): string {
    const { columns = 0 } = this.stream;
    return columns > 0 ? line.slice(0, columns - 1) : line;
  }

  /** Before anything else is written on the terminal. */
  clear(): void {
    if (this.isDrawn) this.stream.write('\r\u001b[K');
    this.isDrawn = false;
  }
}

function text({ doing, table, before, done, of, since }: Counted, now: number): string {
  const seconds = Math.max(now - since, 1) / 1000;
  const rate = (done - before) / seconds;
  const left = rate > 0 ? Math.ceil((of - done) / rate) : 0;
  return `${doing} ${table}: ${timeLeft(left)} left, ${done} of ${of} rows, ${Math.round(rate)} a second`;
}

function timeLeft(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}
