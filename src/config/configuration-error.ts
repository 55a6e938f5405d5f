import { type Fault, faultLine } from './fault.js';

/** The configuration cannot be used. The message lists every fault on its own line, and contains no secret. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly Fault[]) {
    const heading =
      faults.length === 1 ? 'The configuration is not valid:' : `The configuration has ${faults.length} faults:`;
    super([heading, ...faults.map((fault) => `  ${faultLine(fault)}`)].join('\n'));
    this.name = 'ConfigurationError';
  }
}
