/**
 * Ends a run with the one line that people and pipelines read: `N passed, N failed, N skipped`. A file that fails
 * before its first test counts as one failure, and so do a suite whose hooks fail and an error outside any test.
 */
export default class ClosingLine {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
      const broken = suites || (module.errors().length > 0 ? 1 : 0);
      if (!tests.some((test) => test.result().state === 'failed')) count.failed += broken;
      for (const test of tests) {
        const { state } = test.result();
        count[state === 'passed' || state === 'failed' ? state : 'skipped']++;
      }
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed++;
    }
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
    process.once('exit', () => process.stdout.write(line));
  }
}
