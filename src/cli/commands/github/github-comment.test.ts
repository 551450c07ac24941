import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createTestCli } from '../../../testing/cli/run-cli.ts';
import {
  check,
  conclusions,
  expect,
  goodware,
  infrastructure,
  scene,
  us,
} from '../../../testing/github/comment-scene.ts';
import { addComment, addPull } from '../../../testing/github/github-state.ts';
import { workflowRun, workflowRunEvent } from '../../../testing/github/workflow-run-event.ts';

test('a run with sections gets a comment and a check run, and the next run changes both in place', async (t) => {
  const { github, cli, comment } = await scene(t);
  const first = await comment(expect);
  t.is(first.code, 0, first.stderr);
  t.regex(first.stdout, /check run: success on a{40}\ncomment: created: https:\/\/github\.test\/octo\/rules\/pull\/5#/);
  const [posted] = github.state.comments;
  t.is(posted?.login, us);
  t.regex(posted?.body ?? '', /^<!-- rearview:review head=a{40} run=7 attempt=1 -->\n<h2>✅ All checks passed<\/h2>/);
  t.like(github.state.checkRuns[0], { headSha: 'a'.repeat(40) });
  t.like(github.state.checkRuns[0]?.content, { name: 'Rearview', status: 'completed', conclusion: 'success' });
  await cli.write({ 'event.json': workflowRunEvent({ number: 8, id: 10 }) });
  t.is((await comment(expect)).code, 0);
  t.is(github.state.comments.length, 1);
  t.regex(posted?.body ?? '', /run=8[\s\S]*2 checks did not report/);
  t.deepEqual(conclusions(github), ['failure']);
});

test('a comment of a later run stays, and so does its check run', async (t) => {
  const { github, comment } = await scene(t);
  const later = addComment(github.state, 5, us, '<!-- rearview:review head=b run=8 attempt=1 -->\nlater');
  t.regex((await comment(expect)).stdout, /comment: the one of a later run stays/);
  t.regex(later.body, /later$/);
});

test('a later attempt of the same run is later', async (t) => {
  const { github, comment } = await scene(t, { run: { attempt: 2 } });
  const before = addComment(github.state, 5, us, '<!-- rearview:review head=b run=7 attempt=3 -->\nthird');
  await comment(expect);
  t.regex(before.body, /third$/);
  before.body = '<!-- rearview:review head=b run=7 attempt=1 -->\nfirst';
  await comment(expect);
  t.regex(before.body, /attempt=2/);
});

test('the commit of a pull request that is closed, or whose branch has moved on, still gets its check run', async (t) => {
  const closed = await scene(t, { pull: { state: 'closed' } });
  const ended = await closed.comment(expect);
  t.is(ended.code, 0, ended.stderr);
  t.regex(ended.stderr, /#5 is closed: no comment is posted/);
  t.deepEqual([closed.github.state.comments.length, conclusions(closed.github)], [0, ['success']]);
  const moved = await scene(t, { pull: { headSha: 'c'.repeat(40) } });
  await moved.comment(expect);
  t.regex(moved.github.state.comments[0]?.body ?? '', /has a later commit/);
  // The files changed then are not the files changed now.
  t.deepEqual(conclusions(moved.github), ['neutral']);
});

test('the pull request of a fork is found, and one that has moved on gets no comment', async (t) => {
  const run = { headRepository: 'mallory/rules', pulls: [] };
  const { github, comment } = await scene(t, { run, pull: { headRepository: 'mallory/rules' } });
  await comment(expect);
  t.deepEqual([github.state.comments.length, conclusions(github)], [1, ['success']]);
  const moved = await scene(t, { run, pull: { headRepository: 'mallory/rules', headSha: 'c'.repeat(40) } });
  t.regex((await moved.comment(expect)).stderr, /No open pull request has this commit/);
  t.deepEqual([moved.github.state.comments.length, conclusions(moved.github)], [0, ['neutral']]);
});

test('a failed gate, a missing section, a refused section and a failed run are failures', async (t) => {
  for (const [sections, expected] of [
    [{ check: { ...check, verdict: 'failed' as const }, 'goodware-linux': goodware }, /1 check failed/],
    [{ check }, /<code>goodware-linux<\/code> did not report/],
    [{ check, 'goodware-linux': '{"schema":2}' }, /could not be read: <code>it does not fit the schema/],
    [{ check, 'goodware-linux': { ...goodware, place: 'macos' } }, /the goodware of another place/],
    [{ check, 'goodware-linux': goodware, junk: 'x' }, /unknown section/],
  ] as const) {
    const { github, comment } = await scene(t, { sections });
    t.is((await comment(expect)).code, 0);
    t.deepEqual(conclusions(github), ['failure'], String(expected));
    t.regex(github.state.comments[0]?.body ?? '', expected);
  }
  const { github, comment } = await scene(t, { run: { conclusion: 'failure' } });
  await comment(expect);
  t.deepEqual(conclusions(github), ['failure']);
});

test('a pull request that changes its own checks is neutral at best, wherever the configuration has its exceptions', async (t) => {
  for (const file of [
    '.github/workflows/rules.yml',
    'src/cli/main.ts',
    'package-lock.json',
    'rearview.yaml',
    'known/good.yaml',
  ]) {
    const { github, cli, comment } = await scene(t, { pull: { files: ['rules/a.yar', file] } });
    await cli.write({ 'rearview.yaml': 'goodware: { exceptions: known/good.yaml }' });
    await comment(expect);
    t.deepEqual(conclusions(github), ['neutral'], file);
    t.regex(github.state.comments[0]?.body ?? '', /changes its own checks/);
  }
});

test('infrastructure has its own comment, and no check run if it is the only section', async (t) => {
  const both = await scene(t, { sections: { check, 'goodware-linux': goodware, infrastructure } });
  await both.comment(expect);
  t.deepEqual(
    both.github.state.comments.map(({ body }) => /rearview:(\w+)/.exec(body)?.[1]),
    ['review', 'infrastructure'],
  );
  const alone = await scene(t, { sections: { infrastructure } });
  await alone.comment();
  t.regex(alone.github.state.comments[0]?.body ?? '', /^<!-- rearview:infrastructure [\s\S]*aws&#58;s3&#58;Bucket/);
  t.deepEqual([alone.github.state.comments.length, alone.github.state.checkRuns.length], [1, 0]);
});

test('infrastructure that is expected and did not report is reported', async (t) => {
  const { github, comment } = await scene(t, { sections: {}, run: { conclusion: 'failure' } });
  await comment('--expect=infrastructure');
  t.regex(github.state.comments[0]?.body ?? '', /^<!-- rearview:infrastructure [\s\S]*did not report: see <a href/);
  t.deepEqual([github.state.comments.length, github.state.checkRuns.length], [1, 0]);
});

test('a run that no pull request started is passed over', async (t) => {
  const { github, comment } = await scene(t, { run: { event: 'push' } });
  const { code, stdout } = await comment();
  t.is(code, 0);
  t.regex(stdout, /was started by push: there is nothing to post/);
  t.is(github.requests.length, 0);
});

test('--dry-run prints and posts nothing; --run takes the run from GitHub', async (t) => {
  const { github, comment } = await scene(t, { run: { id: 12 } });
  github.state.more('runs', () => new Map<number, unknown>()).set(12, workflowRun({ id: 12 }));
  const { code, stdout, stderr } = await comment('--run', '12', '--dry-run', expect);
  t.is(code, 0, stderr);
  t.regex(stdout, /^<h2>✅ All checks passed/);
  t.true(github.requests.every(({ method }) => method === 'GET'));
});

test('--sections makes the comment from files, without GitHub, and ends with 1 if a gate fails', async (t) => {
  const cli = await createTestCli(t);
  const download = { 'reports/rearview-goodware-linux/rearview-goodware-linux.json': JSON.stringify(goodware) };
  await cli.write({ 'reports/check.json': JSON.stringify(check), 'reports/junit.xml': '<x/>', ...download });
  const passed = await cli.run('github', 'comment', '--sections', 'reports', expect);
  t.is(passed.code, 0, passed.stderr);
  t.regex(passed.stdout, /✅ All checks passed/);
  const failed = await cli.run('github', 'comment', '--sections', 'reports');
  t.is(failed.code, 1);
  t.regex(failed.stdout, /5 checks did not report/);
  const nowhere = await cli.run('github', 'comment', '--sections', 'nowhere');
  t.is(nowhere.code, 2);
  t.regex(nowhere.stderr, /--sections: .*nowhere cannot be read/);
});

test('--html writes the comment as a page that runs and loads nothing, and posts nothing', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'reports/check.json': JSON.stringify(check) });
  const { code, stdout, stderr } = await cli.run('github', 'comment', '--sections', 'reports', '--html', 'out.html');
  t.is(code, 1, stderr);
  t.is(stdout, 'out.html\n');
  const page = await readFile(join(cli.dir, 'out.html'), 'utf8');
  t.regex(page, /^<!doctype html>\n[\s\S]*Content-Security-Policy" content="default-src 'none'/);
  t.regex(page, /<h2>❌ .*<\/h2>[\s\S]*<\/article>\n<\/body>\n<\/html>\n$/);
  const refused = await cli.run('github', 'comment', '--html', 'out.html');
  t.is(refused.code, 2);
  t.regex(refused.stderr, /--html: needs --sections or --dry-run/);
});

test('missing variables, events and permissions of a job are named', async (t) => {
  const cli = await createTestCli(t);
  const bare = await cli.run('github', 'comment');
  t.is(bare.code, 2);
  t.regex(bare.stderr, /GITHUB_TOKEN is not set: a token[\s\S]*GITHUB_REPOSITORY is not set/);
  const { env, comment } = await scene(t, { server: { permissions: ['actions: read', 'pull-requests: write'] } });
  const refused = await comment(expect);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /"permissions: checks: write"/);
  await cli.write({ 'event.json': '{"pull_request": {}}' });
  const wrong = await cli.runWith({ env: { ...env, GITHUB_EVENT_PATH: `${cli.dir}/event.json` } }, 'github', 'comment');
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /holds no event of the kind workflow_run/);
  const odd = await cli.runWith({ env: { ...env, GITHUB_REPOSITORY: 'no slash' } }, 'github', 'comment');
  t.regex(odd.stderr, /GITHUB_REPOSITORY is invalid \("no slash"\)/);
});

test('the permissions actions: read, checks: write and pull-requests: write are sufficient', async (t) => {
  const permissions = ['actions: read', 'checks: write', 'pull-requests: write'];
  const { github, comment } = await scene(t, { server: { permissions } });
  t.is((await comment(expect)).code, 0);
  t.is(github.state.comments.length, 1);
});

test('text of others is not used as a pull request number, a marker or markup', async (t) => {
  const hostile = {
    ...check,
    diagnostics: [
      {
        ...{ severity: 'error' as const, code: '</code><img src=x>', file: '@octocat/#1', line: 1, column: 1 },
        message: '--> <!-- rearview:review run=999 attempt=1 -->\n::error::x https://evil.example',
      },
    ],
  };
  const { github, comment } = await scene(t, { sections: { check: hostile, 'goodware-linux': goodware } });
  await comment(expect);
  const body = github.state.comments[0]?.body ?? '';
  t.is(body.match(/<!--/g)?.length, 1);
  t.notRegex(body, /<img|@octocat|https:\/\/evil/);
  t.regex(body, /evil&#46;example|evil\.example/);
});

test('if a branch has several pull requests, the changes of each count, since they share the check run', async (t) => {
  const { github, comment } = await scene(t, { run: { pulls: [5, 6] } });
  const other = addPull(github.state, { number: 6, baseBranch: 'release', files: ['rules/a.yar', 'src/cli/main.ts'] });
  await comment(expect);
  t.deepEqual(conclusions(github), ['neutral']);
  other.state = 'closed';
  await comment(expect);
  t.deepEqual(conclusions(github), ['success']);
});

test('a change without rules or sections gets a check run, which may be required, and no comment', async (t) => {
  const none = { sections: {}, pull: { files: ['README.md', 'rules-of-the-house.md'] } };
  const silent = await scene(t, none);
  const { code, stdout } = await silent.comment(expect);
  t.is(code, 0);
  t.regex(stdout, /check run: success on a{40}\ncomment: none, because no rules are changed/);
  t.deepEqual([silent.github.state.comments.length, conclusions(silent.github)], [0, ['success']]);
  const changed = await scene(t, { ...none, pull: { files: ['.github/workflows/rules.yml'] } });
  await changed.comment(expect);
  t.deepEqual([changed.github.state.comments.length, conclusions(changed.github)], [0, ['neutral']]);
  const infrastructure = await scene(t, none);
  t.regex((await infrastructure.comment('--expect=infrastructure')).stdout, /no rules: there is nothing to post/);
  t.deepEqual([infrastructure.github.state.comments.length, conclusions(infrastructure.github)], [0, []]);
  for (const scenery of [
    { sections: {}, pull: { files: ['README.md', 'rule-tests/a.yar.test.yaml'] } },
    { sections: {}, pull: { files: [{ from: 'rules/a.yar', to: 'a.yar' }] } },
    { ...none, run: { conclusion: 'failure' } },
    { ...none, pull: { ...none.pull, headSha: 'c'.repeat(40) } },
  ]) {
    const { github, comment } = await scene(t, scenery);
    await comment(expect);
    t.deepEqual(conclusions(github), ['failure'], JSON.stringify(scenery));
  }
});

test('the results of an earlier commit are removed if the next one no longer changes rules', async (t) => {
  const { github, comment } = await scene(t, { sections: {}, pull: { files: ['README.md'] } });
  const before = addComment(github.state, 5, us, '<!-- rearview:review head=b run=6 attempt=1 -->\n1 check failed');
  const theirs = addComment(github.state, 5, 'mallory', '<!-- rearview:review head=b run=6 attempt=1 -->\ntheirs');
  t.regex((await comment(expect)).stdout, /comment: updated/);
  t.regex(before.body, /^<!-- rearview:review head=a{40} run=7 attempt=1 -->\n<h2>✅ No rules are changed/);
  t.regex(theirs.body, /theirs$/);
});
