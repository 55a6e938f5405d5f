/** Holds a handler until the test opens the gate, and tells the test that the handler has arrived. */
export class Gate {
  open: () => void = () => undefined;
  private arrived: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  /** Resolves when a handler waits at the gate. */
  readonly entered = new Promise<void>((resolve) => {
    this.arrived = resolve;
  });

  enter(): Promise<void> {
    this.arrived();
    return this.opened;
  }
}
