import { lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { RuleRepositories } from '../../ports/rule-repositories.ts';
import { parseSources } from '../../rules/sources/read-sources.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { checkSources } from './check-sources.ts';
import { type SyncedSource, type SyncFailure, syncSources } from './sync-sources.ts';
import type { ChangeStep } from './vendor-changes.ts';

/** Repositories in memory: their files by URL. */
function repositoriesOf(all: Readonly<Record<string, Readonly<Record<string, string>>>>): RuleRepositories {
  return {
    fetch: ({ url }) => {
      const files = Object.entries(all[url] ?? {});
      return Promise.resolve({
        commit: Buffer.from(JSON.stringify(files)).toString('hex').padEnd(40, '0').slice(-40),
        entries: files.map(([path, text]) => ({ path, kind: 'file' as const, size: text.length, id: path })),
        read: (entries) => Promise.resolve(entries.map(({ path }) => Buffer.from(all[url]?.[path] ?? ''))),
      });
    },
  };
}

const sources = parseSources(
  'sources.yaml',
  'sources: { a: { url: "https://a.invalid/a" }, b: { url: "https://a.invalid/b" } }',
);
const first = { 'https://a.invalid/a': { 'a.yar': 'rule A' }, 'https://a.invalid/b': { 'b.yar': 'rule B' } };
const second = { 'https://a.invalid/a': { 'x/a.yar': 'rule A2' }, 'https://a.invalid/b': { 'b.yar': 'rule B2' } };

function setUp(t: ExecutionContext) {
  const rulesDir = join(tempFolder(t), 'rules');
  mkdirSync(rulesDir);
  const sync = async (
    all: Parameters<typeof repositoriesOf>[0],
    onStep: (step: ChangeStep) => void = () => undefined,
  ) => {
    const results: (SyncedSource | SyncFailure)[] = [];
    await syncSources({
      ...{ rulesDir, sources, only: null, repositories: repositoriesOf(all), onStep },
      acquire: () => ({ release: () => undefined }),
      onResult: (result) => Promise.resolve(void results.push(result)),
    });
    return results;
  };
  const there = () => {
    const names = readdirSync(rulesDir, { recursive: true, encoding: 'utf8' }).sort();
    const files = names.filter((name) => !lstatSync(join(rulesDir, name)).isDirectory());
    return Object.fromEntries(files.map((name) => [name, readFileSync(join(rulesDir, name), 'utf8')]));
  };
  return { rulesDir, sync, there };
}

test('a full disk at any step leaves the source as it was, or complete, and the others are synced', async (t) => {
  for (const step of ['written', 'old moved', 'new moved', 'locked'] as const) {
    const { rulesDir, sync, there } = setUp(t);
    await sync(first);
    const before = there();
    let isFull = true;
    const results = await sync(second, (each) => {
      if (each !== step || !isFull) return;
      isFull = false;
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    t.deepEqual(
      results.map(({ source, status }) => `${source} ${status}`),
      ['a failed', 'b updated'],
    );
    t.like(results[0], { error: { code: 'ERR_STORAGE_FULL', retryable: true } });
    const after = there();
    if (step === 'locked') t.is(after['vendor/a/x/a.yar'], 'rule A2');
    else t.is(after['vendor/a/a.yar'], before['vendor/a/a.yar'], step);
    t.is(after['vendor/b/b.yar'], 'rule B2');
    t.deepEqual(await checkSources(rulesDir, sources, null), [], step);
    await sync(second);
    t.deepEqual(Object.keys(there()), ['sources.lock.json', 'vendor/a/x/a.yar', 'vendor/b/b.yar']);
  }
});

test('an error that is a bug is not hidden, and what was begun is undone', async (t) => {
  const { sync, there } = setUp(t);
  await sync(first);
  const before = there();
  await t.throwsAsync(
    sync(second, () => {
      throw new TypeError('a bug');
    }),
    { instanceOf: TypeError },
  );
  t.deepEqual(there(), before);
});
