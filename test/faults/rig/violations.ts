/** The rules that were violated, with evidence. */
import type { Windows } from './windows.js';

export interface Violation {
  rule: string;
  evidence: string;
  fault: string;
  at: Date;
}

export function describe({ rule, evidence, fault, at }: Violation): string {
  return `VIOLATION ${rule}\n  at ${at.toISOString()}, fault: ${fault}\n  ${evidence}`;
}

export class Violations {
  readonly all: Violation[] = [];

  constructor(
    private readonly windows: Windows,
    private readonly tell: (violation: Violation) => void,
  ) {}

  add(rule: string, evidence: string): Violation {
    const violation = { rule, evidence, fault: this.windows.latest, at: new Date() };
    this.all.push(violation);
    this.tell(violation);
    return violation;
  }
}
