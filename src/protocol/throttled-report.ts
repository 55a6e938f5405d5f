/** Reports frequent messages at intervals: the first one at once, later ones with a count. */
export class ThrottledReport<What> {
  private reportedAt = -Infinity;
  private unreported = 0;
  private latest: What | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param say gets the latest message, and how many there were since the last report */
  constructor(
    private readonly everyMs: number,
    private readonly say: (latest: What, count: number) => void,
  ) {}

  record(what: What): void {
    this.unreported++;
    this.latest = what;
    if (this.timer) return;
    const wait = this.reportedAt + this.everyMs - performance.now();
    if (wait <= 0) this.report();
    else
      this.timer = setTimeout(() => {
        this.report();
      }, wait).unref();
  }

  private report(): void {
    const { latest, unreported } = this;
    this.timer = undefined;
    this.unreported = 0;
    this.latest = undefined;
    this.reportedAt = performance.now();
    this.say(latest as What, unreported);
  }
}
