// What a test run wrote about itself, file by file, so that runs of vitest and Playwright can be added up alike.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const firstLine = (text) => (text ?? '').split('\n')[0].slice(0, 300);

/** A map from file to `{passed, failures, skipped}`; the texts name the test and the first line of its error. */
export function vitestReport(path, root) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const files = new Map();
  for (const suite of report.testResults) {
    const name = relative(root, suite.name);
    const entry = { passed: 0, failures: [], skipped: [] };
    files.set(name, entry);
    // A file that could not even be loaded has no tests to count.
    if (suite.status === 'failed' && suite.assertionResults.length === 0) {
      entry.failures.push(`${name}: ${firstLine(suite.message)}`);
    }
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') entry.passed += 1;
      else if (test.status === 'failed')
        entry.failures.push(`${name}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
      else entry.skipped.push(test.fullName);
    }
  }
  return files;
}

/** The same of Playwright's JSON report. */
export function playwrightReport(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const files = new Map();
  const read = (suite) => {
    for (const spec of suite.specs ?? []) {
      const entry = files.get(spec.file) ?? { passed: 0, failures: [], skipped: [] };
      files.set(spec.file, entry);
      const results = spec.tests.flatMap((test) => test.results);
      if (spec.tests.every((test) => test.status === 'skipped')) entry.skipped.push(spec.title);
      else if (spec.ok) entry.passed += 1;
      else {
        const error = results.find((result) => result.error)?.error;
        entry.failures.push(`${spec.file}: ${spec.title}: ${firstLine(error?.message)}`);
      }
    }
    for (const child of suite.suites ?? []) read(child);
  };
  for (const suite of report.suites) read(suite);
  for (const error of report.errors)
    files.set(firstLine(error.message), { passed: 0, failures: [firstLine(error.message)], skipped: [] });
  return files;
}
