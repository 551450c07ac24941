import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { alertSinkContract, sampleAlert } from '../../../ports/alert-sink.contract.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createJsonlAlertSink } from './alerts-jsonl.ts';

const idsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line).id);

alertSinkContract(
  test,
  (t) => {
    const file = join(tempFolder(t), 'alerts.jsonl');
    return { sink: createJsonlAlertSink(file), delivered: async () => idsIn(file).map(String) };
  },
  (t) => createJsonlAlertSink(join(tempFolder(t), 'no such folder', 'alerts.jsonl')),
);

test('an alert is one complete line', async (t) => {
  const file = join(tempFolder(t), 'alerts.jsonl');
  await createJsonlAlertSink(file).send(sampleAlert());
  const lines = readFileSync(file, 'utf8').split('\n');
  t.is(lines.length, 2);
  t.deepEqual(JSON.parse(lines[0] ?? ''), sampleAlert());
});

test('a hostile file name is harmless on a terminal that follows the file', async (t) => {
  const file = join(tempFolder(t), 'alerts.jsonl');
  const name = 'invoice\u009b31m\u0085\u202excod.exe\u2028\u2066\u{e0041}';
  const alert = sampleAlert({ object: { ...sampleAlert().object, key: name } });
  await createJsonlAlertSink(file).send(alert);
  const line = readFileSync(file, 'utf8').trimEnd();
  t.notRegex(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  t.true(line.includes('\\u202e'));
  t.deepEqual(JSON.parse(line), alert);
});

test('a line that a crash left torn corrupts no other', async (t) => {
  const file = join(tempFolder(t), 'alerts.jsonl');
  const sink = createJsonlAlertSink(file);
  await sink.send(sampleAlert({ id: '1' }));
  appendFileSync(file, '{"id":"to');
  await sink.send(sampleAlert({ id: '2' }));
  await sink.send(sampleAlert({ id: '3' }));
  const lines = readFileSync(file, 'utf8').split('\n');
  t.is(lines[1], '{"id":"to');
  t.deepEqual(
    [lines[0], lines[2], lines[3]].map((line): unknown => JSON.parse(line ?? '').id),
    ['1', '2', '3'],
  );
});
