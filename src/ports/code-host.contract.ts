import type { ExecutionContext, TestFn } from 'ava';
import type { CodeHost, CommentRequest } from './code-host.ts';

/**
 * A repository for the contract, whose default branch `main` has the file `rules/a.yar` with the
 * text `rule a`.
 */
export interface CodeHostUnderTest {
  readonly host: CodeHost;
  /** Opens a pull request from `branch` to `main` that changes `rules/a.yar`, at this commit. */
  openPull(pull: { readonly number: number; readonly branch: string; readonly headSha: string }): void;
  merge(number: number, commit: string): void;
  /** Closes a pull request without merging it. */
  close(number: number): void;
  /** Another user comments. */
  comment(pull: number, body: string): void;
  /** Starts a workflow for a pull request, which leaves these artifacts. */
  run(of: { readonly id: number; readonly number: number; readonly pull: number }, artifacts: Artifacts): Promise<void>;
  /** The check runs of a commit: conclusion and title. */
  checkRuns(sha: string): readonly (readonly [unknown, unknown])[];
  /** The text of a file on a branch. */
  fileOn(branch: string, path: string): string | undefined;
}

type Artifacts = Readonly<Record<string, string>>;

const head = 'c'.repeat(40);
const topic = { number: 5, branch: 'topic', headSha: head };
const marker = (run: number) => ({ kind: 'review', values: { run: String(run) } });
const comment = (run: number, more: Partial<CommentRequest> = {}): CommentRequest => ({
  ...{ pull: 5, marker: marker(run), body: `text of ${run}` },
  ...more,
});

/** Tests for every `CodeHost`. `makeAdapter` opens a new repository. */
export function codeHostContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<CodeHostUnderTest> | CodeHostUnderTest,
): void {
  const open = async (t: ExecutionContext) => {
    const under = await makeAdapter(t);
    under.openPull(topic);
    return under;
  };

  test('code host: a comment of a kind is created once, then updated, and kept if it may not be replaced', async (t) => {
    const { host } = await open(t);
    const created = await host.upsertComment(comment(1));
    t.is(created.outcome, 'created');
    t.like(await host.upsertComment(comment(1)), { outcome: 'unchanged', id: created.id });
    t.like(await host.upsertComment(comment(2)), { outcome: 'updated', id: created.id });
    const seen: unknown[] = [];
    const mayReplace = (values: unknown) => seen.push(values) === 0;
    t.like(await host.upsertComment(comment(3, { mayReplace })), { outcome: 'left', id: created.id });
    t.deepEqual(seen, [{ run: '2' }]);
  });

  test('code host: own comments are listed by kind; a comment of another user never counts as one', async (t) => {
    const { host, comment: commentAs } = await open(t);
    commentAs(5, '<!-- rearview:review run=9 -->\nforged');
    t.false(await host.hasComment(5, 'review'));
    t.is((await host.upsertComment(comment(1))).outcome, 'created');
    await host.upsertComment(comment(1, { marker: { kind: 'scan', values: {} } }));
    t.true(await host.hasComment(5, 'review'));
    const listed = await host.listComments({ kind: 'review', since: '2000-01-01T00:00:00Z' });
    t.deepEqual(
      listed.map(({ pull, values }) => ({ pull, values })),
      [{ pull: 5, values: { run: '1' } }],
    );
  });

  test('code host: a text above the maximum length is refused before anything is posted', async (t) => {
    const { host, checkRuns } = await open(t);
    await t.throwsAsync(host.upsertComment(comment(1, { body: 'x'.repeat(host.maxCommentLength) })));
    const summary = 'x'.repeat(host.maxCheckSummaryLength + 1);
    await t.throwsAsync(
      host.upsertCheckRun({ name: 'N', headSha: head, conclusion: 'success', title: 't', summary, run: 1 }),
    );
    t.false(await host.hasComment(5, 'review'));
    t.deepEqual(checkRuns(head), []);
  });

  test('code host: a check run is replaced by later runs only, and its failure never by a run that is unclear', async (t) => {
    const { host, checkRuns } = await open(t);
    const report = (run: number, conclusion: 'success' | 'failure', isUnclear = false) =>
      host.upsertCheckRun({ name: 'N', headSha: head, conclusion, title: `run ${run}`, summary: 's', run, isUnclear });
    t.is((await report(2, 'failure')).outcome, 'created');
    t.is((await report(1, 'success')).outcome, 'left');
    t.is((await report(3, 'success', true)).outcome, 'left');
    t.deepEqual(checkRuns(head), [['failure', 'run 2']]);
    t.is((await report(4, 'success')).outcome, 'updated');
    t.deepEqual(checkRuns(head), [['success', 'run 4']]);
  });

  test('code host: the run of a pull request leads to the pull request, its base, its files and the artifacts of the run', async (t) => {
    const { host, run: startRun } = await open(t);
    await startRun({ id: 9, number: 7, pull: 5 }, { 'rearview-check': '{}', other: 'x' });
    const run = await host.fetchRun(9);
    t.like(run, { id: 9, number: 7, event: 'pull_request', headSha: head, headBranch: 'topic' });
    const [pull, ...others] = await host.pullsOfRun(run);
    t.like(pull, { number: 5, isOpen: true, headSha: head, headBranch: 'topic', baseBranch: 'main' });
    t.deepEqual(others, []);
    t.deepEqual(await host.basesOfRun(run), { others: [], haveChanged: false, isRunKnown: true });
    t.deepEqual(await host.pullFiles(5), { paths: ['rules/a.yar'], isWhole: true });
    const artifacts = await host.readArtifacts({ runId: 9, prefix: 'rearview-', maxBytes: 1000 });
    t.deepEqual(
      artifacts.map(({ name, content }) => [name, content === null ? null : Buffer.from(content).toString()]),
      [['rearview-check', '{}']],
    );
    await t.throwsAsync(host.fetchRun(10), { code: 'ERR_NOT_FOUND' });
  });

  test('code host: an artifact above the maximum size is refused, and the others are read', async (t) => {
    const { host, run } = await open(t);
    await run({ id: 9, number: 7, pull: 5 }, { 'rearview-a': 'x'.repeat(10_000), 'rearview-b': '{}' });
    const [large, small] = await host.readArtifacts({ runId: 9, prefix: 'rearview-', maxBytes: 1000 });
    t.is(large?.content, null);
    t.truthy(large?.refused);
    t.is(small?.refused, null);
  });

  test('code host: the pull request of a commit is found once it is merged', async (t) => {
    const { host, openPull, merge } = await open(t);
    const merged = 'd'.repeat(40);
    openPull({ number: 6, branch: 'other', headSha: 'e'.repeat(40) });
    t.deepEqual(await host.pullsOfCommit(merged), []);
    merge(6, merged);
    t.deepEqual(await host.pullsOfCommit(merged), [{ number: 6, isMerged: true }]);
  });

  test('code host: a change of files becomes a branch and a pull request, which can be found and updated', async (t) => {
    const { host, fileOn, close } = await makeAdapter(t);
    const base = await host.branchTip(await host.defaultBranch());
    if (base === null) return t.fail('The default branch has no commit.');
    t.is(await host.readFile('rules/a.yar', base.sha), 'rule a');
    t.is(await host.readFile('rules/b.yar', base.sha), null);
    t.is(await host.branchTip('rearview/x'), null);
    const files = new Map([['rules/a.yar', 'rule b']]);
    await host.putBranch({ branch: 'rearview/x', base, message: 'Change', files });
    t.is(fileOn('rearview/x', 'rules/a.yar'), 'rule b');
    t.is(fileOn('main', 'rules/a.yar'), 'rule a');
    const tip = await host.branchTip('rearview/x');
    await host.putBranch({ branch: 'rearview/x', base, message: 'Change', files });
    t.deepEqual(await host.branchTip('rearview/x'), tip);
    const pull = await host.openPull({ branch: 'rearview/x', base: 'main', title: 'T', body: 'one' });
    t.like(pull, { state: 'open', body: 'one' });
    t.false(await host.updatePull(pull, 'one'));
    t.true(await host.updatePull(pull, 'two'));
    close(pull.number);
    const found = await host.pullsOfBranch('rearview/x');
    t.deepEqual(
      found.map(({ number, state, body }) => ({ number, state, body })),
      [{ number: pull.number, state: 'closed', body: 'two' }],
    );
  });
}
