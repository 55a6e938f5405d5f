import { Injectable } from '@nestjs/common';

/** Whether this process is about to stop: readiness turns false before the listeners close. */
@Injectable()
export class ShutdownState {
  private begun = false;

  get isStopping(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }
}
