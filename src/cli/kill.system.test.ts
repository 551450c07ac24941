import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createSegmentFolder } from '../adapters/local/files/segment-folder.ts';
import { openLocalState } from '../adapters/local/state.ts';
import { proveScan } from '../app/index/prove-scan.ts';
import { engineInfo } from '../engine/module/engine-module.ts';
import { loadRules } from '../rules/load-rules.ts';
import { buildRuleset } from '../rules/ruleset.ts';
import { readAlerts, ruleFor } from '../testing/local/test-target.ts';

const main = fileURLToPath(new URL('./launch.mjs', import.meta.url));
const both = ruleFor('Both', 'alpha beta');
const bothTest =
  '  - { name: both, sample: { text: alpha beta }, matches: [Both] }\n  - { name: other, sample: { text: other }, matches: [] }\n';
const noTest = '  - { name: none, sample: { text: no such }, matches: [No] }\n';
const files = 240;
const kills = 12;

function start(dir: string): ChildProcess {
  const args = [
    'up',
    '--once',
    '--jobs',
    '1',
    '--state',
    'state',
    '--rules',
    'rules',
    '--tests',
    'tests',
    '--corpus',
    'corpus',
  ];
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    // Coverage is collected only of the processes of ava.
    env: { ...process.env, NODE_V8_COVERAGE: '' },
    cwd: dir,
    stdio: 'ignore',
  });
}

async function makeFolders(dir: string): Promise<void> {
  for (const name of ['rules', 'tests', 'corpus']) await mkdir(join(dir, name));
  await writeFile(join(dir, 'rules', 'a.yar'), ruleFor('Alpha', 'alpha') + ruleFor('Beta', 'beta'));
  const samples = ['alpha: [Alpha]', 'beta: [Beta]'].map((each) => each.split(': '));
  const tests = samples.map(
    ([text, matches]) => `  - { name: ${text}, sample: { text: ${text} }, matches: ${matches} }`,
  );
  await writeFile(join(dir, 'tests', 'a.yar.test.yaml'), `tests:\n${tests.join('\n')}\n`);
  for (let index = 0; index < files; index += 1) {
    const content = `${index} ${index % 3 === 0 ? 'alpha' : ''} ${index % 4 === 0 ? 'beta' : ''}`;
    await writeFile(join(dir, 'corpus', `${index}.txt`), content);
  }
}

test('killed at any moment and restarted, every file has an outcome and every alert is sent, none twice except one in flight', async (t) => {
  t.timeout(300_000);
  const dir = await mkdtemp(join(tmpdir(), 'rearview-kill-'));
  t.teardown(() => rm(dir, { recursive: true }));
  await makeFolders(dir);
  let interrupted = 0;
  for (let round = 0; round < kills; round += 1) {
    const child = start(dir);
    // From before the state folder exists to the midst of the scan.
    const killed = await Promise.race([
      once(child, 'exit').then(() => false),
      sleep(200 + Math.random() * 2500).then(() => true),
    ]);
    if (!killed) continue;
    interrupted += 1;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  t.log(`killed ${interrupted} of ${kills} runs`);
  const last = start(dir);
  const [code] = await once(last, 'exit');
  t.is(code, 0);

  const state = openLocalState(join(dir, 'state'), { visibilityMs: 1, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const scans = await state.scans.list({ kind: 'retro', limit: 100 });
  const [latest] = scans;
  t.like(latest, { state: 'completed', listed: { objects: files }, counts: { objects: files, skipped: 0, failed: 0 } });
  t.deepEqual(
    scans.filter((scan) => scan.state !== 'completed'),
    [],
  );
  const { entries } = await state.scans.ledger(latest?.id ?? '', { limit: 2 * files });
  t.is(entries.length, files);
  t.is(await state.queues.retro.stats().then((stats) => stats.visible + stats.inFlight + stats.deadLetters), 0);

  const alerts = await readAlerts(join(dir, 'state', 'alerts.jsonl'));
  const expected = Array.from({ length: files }, (_, index) => index).flatMap((index) => [
    ...(index % 3 === 0 ? [`Alpha ${index}.txt`] : []),
    ...(index % 4 === 0 ? [`Beta ${index}.txt`] : []),
  ]);
  const sent = alerts.map((alert) => `${alert.rule.name} ${alert.file.filename}`);
  t.deepEqual([...new Set(sent)].sort(), expected.sort());
  t.true(
    sent.length - expected.length <= interrupted,
    `${sent.length - expected.length} repeated alerts after ${interrupted} kills`,
  );
  t.is(new Set(alerts.map((alert) => alert.id)).size, expected.length);

  // What the killed processes indexed is right, and what they did not is found.
  for (const isSecond of [false, true]) {
    const [rules, tests] = isSecond ? [both + ruleFor('No', 'no such'), bothTest + noTest] : [both, bothTest];
    await writeFile(join(dir, 'rules', 'b.yar'), rules);
    await writeFile(join(dir, 'tests', 'b.yar.test.yaml'), `tests:\n${tests}`);
    const [status] = await once(start(dir), 'exit');
    t.is(status, 0);
    const [scan] = await state.scans.list({ kind: 'retro', limit: 1 });
    if (scan === undefined) return t.fail();
    const { counts } = scan;
    t.like(counts, { objects: files, failed: 0 });
    t.is(counts.scanned + counts.covered + counts.excluded, files);
    if (isSecond) t.is(counts.excluded, files);
    const found = (await readAlerts(join(dir, 'state', 'alerts.jsonl'))).filter(({ rule }) => rule.name === 'Both');
    t.is(new Set(found.map(({ file }) => file.filename)).size, files / 12);
    const sources = await readRules(dir);
    const segments = createSegmentFolder(join(dir, 'state', 'index'));
    const proof = await proveScan({ scan, ruleset: sources, scans: state.scans, segments });
    t.like(proof, { excluded: counts.excluded, proven: counts.excluded, wrong: [] });
  }
});

async function readRules(dir: string) {
  const { files: sources } = await loadRules(join(dir, 'rules'));
  return buildRuleset(sources, engineInfo());
}
