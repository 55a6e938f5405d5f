/** Ends a command with exit code 1. The message says what the user can change. */
export class CommandFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandFailed';
  }
}
