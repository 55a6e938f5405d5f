/** When each fault was in force, until everything served again: it tells which failures are explained. */
export interface Window {
  fault: string;
  /** Whether flows may be lost: the store that keeps them does not guarantee more. */
  losesFlows: boolean;
  from: number;
  /** Infinity while the fault lasts. */
  to: number;
}

/** Responses and log lines that a fault caused may arrive a little after everything serves again. */
const AFTERMATH_MS = 1_500;

export class Windows {
  private readonly all: Window[] = [];

  open(fault: string, losesFlows = false): Window {
    const window = { fault, losesFlows, from: Date.now(), to: Infinity };
    this.all.push(window);
    return window;
  }

  close(window: Window): void {
    window.to = Date.now() + AFTERMATH_MS;
  }

  /** The fault that explains an event between these times (milliseconds), if there is one. */
  explaining(from: number, to = Date.now()): string | undefined {
    return this.all.findLast((window) => window.from <= to && window.to >= from)?.fault;
  }

  /** All faults in force between these times. */
  between(from: number, to: number): string[] {
    return this.all.filter((window) => window.from <= to && window.to >= from).map(({ fault }) => fault);
  }

  losesFlows(from: number): boolean {
    return this.all.some((window) => window.losesFlows && window.to >= from);
  }

  /** For evidence: the fault at this moment, otherwise the last one. */
  get latest(): string {
    const last = this.all.at(-1);
    if (!last) return 'none';
    return last.to >= Date.now() ? last.fault : `none (${String(Date.now() - last.to)} ms after ${last.fault})`;
  }
}
