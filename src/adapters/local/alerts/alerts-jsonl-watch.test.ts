import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { renderAlert } from '../../../domain/alerts/render-alert.ts';
import { alertFor, alertWatchContract } from '../../../ports/alert-watch.contract.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createJsonlAlertSink } from './alerts-jsonl.ts';
import { openJsonlAlertWatch } from './alerts-jsonl-watch.ts';

alertWatchContract(test, (t) => {
  const file = join(tempFolder(t), 'alerts.jsonl');
  return { sink: createJsonlAlertSink(file), open: () => openJsonlAlertWatch(file) };
});

const { signal } = new AbortController();
const keysNow = async (watch: Awaited<ReturnType<typeof openJsonlAlertWatch>>) =>
  (await watch.receive({ waitMs: 0, signal })).map(({ key }) => key);
const lineFor = (key: string) => `${renderAlert(alertFor(key), 'rearview')}\n`;

test('a line counts when it is complete, and a torn one hides no other', async (t) => {
  const file = join(tempFolder(t), 'alerts.jsonl');
  const watch = await openJsonlAlertWatch(file);
  const line = lineFor('ü');
  const bytes = Buffer.from(line);
  const cut = bytes.indexOf(0xc3) + 1;
  writeFileSync(file, bytes.subarray(0, cut));
  t.deepEqual(await keysNow(watch), []);
  appendFileSync(file, bytes.subarray(cut));
  t.deepEqual(await keysNow(watch), ['ü']);
  appendFileSync(file, `{"torn": \n${lineFor('b')}`);
  t.deepEqual(await keysNow(watch), ['b']);
});

test('a file that was replaced is read from its start', async (t) => {
  const file = join(tempFolder(t), 'alerts.jsonl');
  writeFileSync(file, lineFor('before').repeat(3));
  const watch = await openJsonlAlertWatch(file);
  writeFileSync(file, lineFor('after'));
  t.deepEqual(await keysNow(watch), ['after']);
});
