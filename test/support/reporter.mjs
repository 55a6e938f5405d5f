import { writeFileSync } from 'node:fs';

/**
 * Counts for the line that ends a run, `N passed, N failed, N skipped`. A file that fails before its first test counts as
 * one failure, and so do a suite whose hooks fail and an error outside any test. TEST_OUTCOME names a file for the counts
 * of each test file, which scripts/test.mjs reads; without it the line is printed here.
 */
export default class Outcome {
  onTestRunEnd(modules, errors) {
    const files = Object.fromEntries(modules.map((module) => [module.moduleId, counted(module)]));
    for (const { VITEST_TEST_PATH: file = '' } of errors) {
      files[file] ??= { passed: 0, failed: 0, skipped: 0 };
      files[file].failed++;
    }
    const { TEST_OUTCOME: path } = process.env;
    if (path) writeFileSync(path, JSON.stringify(files));
    else process.once('exit', () => process.stdout.write(`${closingLine(files)}\n`));
  }
}

/** @param files counts by the name of the test file; the name is empty for errors that belong to none */
export function closingLine(files) {
  const sum = (name) => Object.values(files).reduce((total, counts) => total + counts[name], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}

function counted(module) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    count[state === 'passed' || state === 'failed' ? state : 'skipped']++;
  }
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
  count.failed += suites || (count.failed === 0 && module.errors().length > 0 ? 1 : 0);
  return count;
}
