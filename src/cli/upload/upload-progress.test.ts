import test from 'ava';
import type { UploadReport } from '../../app/uploads/upload-report.ts';
import { collector } from '../../testing/cli/run-cli.ts';
import { createUploadProgress } from './upload-progress.ts';

const uploaded: UploadReport = {
  ...{ status: 'uploaded', path: 'in/a', key: 'k/a', size: 1_048_576, sha256: 'ab', version: '1' },
};

function setUp(isTerminal: boolean, json = false) {
  const stdout = collector();
  const stderr = collector();
  const clock = { ms: 0 };
  const progress = createUploadProgress(
    { stdout: stdout.stream, stderr: stderr.stream, isTerminal: { stdout: isTerminal, stderr: isTerminal } },
    { bucket: 'corpus', json, now: () => clock.ms },
  );
  return { progress, stdout, stderr, clock };
}

test('a terminal shows the progress in one line, which disappears at the end', async (t) => {
  const { progress, stdout, stderr, clock } = setUp(true);
  clock.ms = 2000;
  progress.sent(1_048_576);
  await progress.report(uploaded);
  clock.ms = 2500;
  await progress.report({ ...uploaded, status: 'unchanged' });
  const [, last = ''] = /\r\u001b\[2K([^\r]*)$/.exec(stderr.text()) ?? [];
  t.is(last, '1 uploaded, 1 already stored, 1.0 MiB sent, 0.4 MB/s');
  progress.stop();
  t.true(stderr.text().endsWith('\r\u001b[2K'));
  t.is(stdout.text(), 'k/a  1\n');
});

test('elsewhere there is a plain line every few seconds, and none for a short upload', async (t) => {
  const { progress, stderr, clock } = setUp(false);
  await progress.report(uploaded);
  t.is(stderr.text(), '');
  clock.ms = 6000;
  await progress.report({ status: 'failed', path: 'in/b', key: 'k/b', reason: 'denied', detail: 'no' });
  t.is(stderr.text(), 'not uploaded: in/b: no\nupload: 1 uploaded, 0 already stored, 1 failed, 0 B sent\n');
});

test('JSON reports every file, whatever its result; names cannot move the cursor', async (t) => {
  const { progress, stdout, stderr } = setUp(false, true);
  await progress.report(uploaded);
  await progress.report({ ...uploaded, status: 'unchanged', pathBytes: 'ff' });
  await progress.report({ status: 'failed', path: '\u001b[2J', key: 'k', reason: 'gone', detail: 'x' });
  const lines = stdout.text().trimEnd().split('\n');
  t.is(
    lines[0],
    '{"status":"uploaded","path":"in/a","bucket":"corpus","key":"k/a","size":1048576,"sha256":"ab","version":"1"}',
  );
  t.like(JSON.parse(lines[1] ?? ''), { status: 'unchanged', pathBytes: 'ff' });
  t.like(JSON.parse(lines[2] ?? ''), { status: 'failed', reason: 'gone', path: '\u001b[2J' });
  t.notRegex(stderr.text(), /\u001b/);
});
