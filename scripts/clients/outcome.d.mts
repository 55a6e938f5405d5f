export interface Program {
  name: string;
  folder: string;
  needs: string[];
  minutes: number;
  run: string[];
  registrations: Record<string, object>;
  without: Record<string, string>;
  walk: object[];
}

export interface Outcome {
  result: 'passed' | 'failed' | 'skipped';
  reason?: string;
}

export function outcomeOf(
  program: Program,
  run: {
    stages: { of(program: Program): Promise<{ issuer: string; admin: string; login: string }> };
    say: (line: string) => void;
    signal: AbortSignal;
  },
): Promise<Outcome>;
