/** Holds a handler until the test opens it, and tells the test that the handler is there. */
export class Gate {
  open: () => void = () => undefined;
  private arrived: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  /** Resolves when a handler waits. */
  readonly entered = new Promise<void>((resolve) => {
    this.arrived = resolve;
  });

  enter(): Promise<void> {
    this.arrived();
    return this.opened;
  }
}
