import test from 'ava';
import { fileReportJson } from './scan-report.ts';

test('a line of JSON names values of variables that were not used, if there are any', (t) => {
  const report = { path: 'a', status: 'scanned', size: 0, sha256: '', md5: '', matches: [] } as const;
  t.false('variableProblems' in JSON.parse(fileReportJson(report)));
  t.like(JSON.parse(fileReportJson({ ...report, variableProblems: ['unfit'] })), { variableProblems: ['unfit'] });
});
