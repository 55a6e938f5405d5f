/**
 * Closes a run with the one line that people and pipelines read: `N passed, N failed, N skipped`. A file that fails
 * before its first test counts as one failure, and so does an error outside any test.
 */
export default class ClosingLine {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      if (module.errors().length > 0 && !tests.some((test) => test.result().state === 'failed')) count.failed++;
      for (const test of tests) {
        const { state } = test.result();
        count[state === 'passed' || state === 'failed' ? state : 'skipped']++;
      }
    }
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
    process.once('exit', () => process.stdout.write(line));
  }
}
