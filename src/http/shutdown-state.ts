import { Injectable } from '@nestjs/common';

/** Whether this process is on its way out: readiness turns false before the listeners close. */
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
