import test from 'ava';
import { createRootCoverage } from './root-coverage.ts';

test('a root is covered if any byte of it was scanned', (t) => {
  const roots = ['/usr', '/usr/link', 'good/', '.', 's3://bucket/a/', 's3://bucket/one', '/empty'];
  const coveredBy = (path: string, size = 1) => {
    const coverage = createRootCoverage(roots);
    coverage.add({ path, size });
    const left = coverage.incomplete();
    return roots.filter((root) => !left.includes(root));
  };
  t.deepEqual(coveredBy('/usr/bin/x'), ['/usr']);
  t.deepEqual(coveredBy('/usr/link/x'), ['/usr/link'], 'a root that is a link below another one');
  t.deepEqual(coveredBy('/usr/linked'), ['/usr']);
  t.deepEqual(coveredBy('good/x'), ['good/']);
  t.deepEqual(coveredBy('./x'), ['.']);
  t.deepEqual(coveredBy('s3://bucket/a/b'), ['s3://bucket/a/']);
  t.deepEqual(coveredBy('s3://bucket/one'), ['s3://bucket/one']);
  t.deepEqual(coveredBy('/usrlocal/x'), []);
  t.deepEqual(coveredBy('/empty/x', 0), [], 'a file without a byte shows nothing');
});

test('a root that was not listed completely is incomplete, whatever was scanned', (t) => {
  const coverage = createRootCoverage(['s3://bucket/a/', '/usr']);
  coverage.add({ path: 's3://bucket/a/b', size: 1 });
  coverage.add({ path: '/usr/x', size: 1 });
  coverage.miss('/usr/share/denied');
  t.deepEqual(coverage.incomplete(), []);
  coverage.miss('s3://bucket/a/');
  t.deepEqual(coverage.incomplete(), ['s3://bucket/a/']);
});

test('without roots, none is incomplete', (t) => {
  t.deepEqual(createRootCoverage([]).incomplete(), []);
});
