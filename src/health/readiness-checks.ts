import { Injectable } from '@nestjs/common';

/** Returns the reason why the server cannot serve, for administrators; undefined where it can. */
export type ReadinessCheck = () => Promise<string | undefined>;

/** The readiness checks of the domain modules: they register the checks, and the health module runs them. */
@Injectable()
export class ReadinessChecks {
  private readonly checks = new Map<string, ReadinessCheck>();

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  entries(): [string, ReadinessCheck][] {
    return [...this.checks];
  }
}
