import test from 'ava';
import { addArtifact } from '../../../testing/github/add-artifact.ts';
import {
  check,
  conclusions,
  expect,
  goodware,
  infrastructure,
  scene,
  us,
} from '../../../testing/github/comment-scene.ts';
import { addComment, addPull, changeBase, closePull } from '../../../testing/github/github-state.ts';
import { workflowRun } from '../../../testing/github/workflow-run-event.ts';

const evil = { baseBranch: 'forged-workflow' };
const closedGate = { ...check, verdict: 'failed' as const };
/** A run whose base has a forged `rules.yml`, which claims that all is well. */
const forged = { id: 10, number: 8, pulls: [5, [6, evil.baseBranch]] } as const;

/**
 * An honest pull request, #5, and whatever a second one to a branch with a forged `rules.yml`
 * leaves as run 10.
 */
async function attack(t: Parameters<typeof scene>[0], options: Parameters<typeof scene>[1] = {}) {
  const set = await scene(t, options);
  await addArtifact(set.github.state, forged.id, 'rearview-check', JSON.stringify({ ...check, rules: 4711 }));
  await addArtifact(set.github.state, forged.id, 'rearview-goodware-linux', JSON.stringify(goodware));
  const bodies = () => set.github.state.comments.map(({ body }) => body).join('\n');
  return { ...set, bodies };
}

test('a second pull request of the commit, to a branch with a forged rules.yml, is neutral, and the honest comment stays', async (t) => {
  const { github, comment, arrive, bodies } = await attack(t);
  await comment(expect);
  t.deepEqual(conclusions(github), ['success']);
  const before = bodies();
  addPull(github.state, { number: 6, ...evil, files: ['rules/a.yar'] });
  await arrive(forged);
  t.is((await comment(expect)).code, 0);
  t.deepEqual(conclusions(github), ['neutral']);
  const output = JSON.stringify(github.state.checkRuns[0]?.content['output']);
  t.regex(output, /another branch than the default branch[\s\S]*<code>forged-workflow<\/code>/);
  t.false(output.includes('4711'));
  const [honest] = github.state.comments.filter(({ issue }) => issue === 5);
  t.is(honest?.body, before);
  t.false(bodies().includes('4711'), 'nothing of the forged run is shown');
});

test('the second pull request does not turn a failure into a neutral result that allows a merge, whichever run ends first', async (t) => {
  const first = await attack(t, { sections: { check: closedGate, 'goodware-linux': goodware } });
  await first.comment(expect);
  addPull(first.github.state, { number: 6, ...evil });
  await first.arrive(forged);
  t.regex((await first.comment(expect)).stdout, /check run: the one of another run stays/);
  t.deepEqual(conclusions(first.github), ['failure']);

  const last = await attack(t, { run: forged, sections: {} });
  addPull(last.github.state, { number: 6, ...evil });
  await last.comment(expect);
  t.deepEqual(conclusions(last.github), ['neutral']);
  await addArtifact(last.github.state, 9, 'rearview-check', JSON.stringify(closedGate));
  await last.arrive({ id: 9, number: 7, pulls: forged.pulls });
  await last.comment(expect);
  t.deepEqual(conclusions(last.github), ['failure'], 'the honest run is the older one, and the slower');
});

test('a run of the same commit from another branch, which goes to the forged one, is also neutral', async (t) => {
  const { github, comment, arrive, bodies } = await attack(t);
  addPull(github.state, { number: 6, headBranch: 'twin', ...evil });
  await arrive({ ...forged, headBranch: 'twin', pulls: [[6, evil.baseBranch]] });
  await comment(expect);
  t.deepEqual(conclusions(github), ['neutral']);
  // The honest run is known to be of its own branch: it is shown, and yet the commit is not clear.
  await arrive({ number: 9 });
  await comment(expect);
  t.deepEqual(conclusions(github), ['neutral']);
  const [honest] = github.state.comments.filter(({ issue }) => issue === 5);
  t.regex(honest?.body ?? '', /a pull request to another branch[\s\S]*2 rules/);
  t.false(bodies().includes('4711'));
});

test('a base that is changed to the default branch while the forged run continues is neutral', async (t) => {
  for (const event of ['base_ref_changed', 'automatic_base_change_succeeded'] as const) {
    const { github, comment, bodies } = await attack(t, { run: { id: 10 }, pull: evil, sections: {} });
    const [pull] = github.state.pulls;
    if (pull === undefined) return t.fail();
    changeBase(github.state, pull, 'main', event);
    const { stderr } = await comment(expect);
    t.deepEqual(conclusions(github), ['neutral'], event);
    t.regex(stderr, /may be for another branch than the default branch: no comment/);
    t.is(bodies(), '');
    t.regex(JSON.stringify(github.state.checkRuns), /The base was changed while the checks ran/);
  }
});

test('of two runs around a change of base, the younger is trusted, although GitHub created both after it', async (t) => {
  const { github, comment, arrive, bodies } = await attack(t, {
    run: { ...forged, pulls: [5] },
    pull: evil,
    sections: {},
  });
  const [pull] = github.state.pulls;
  if (pull === undefined) return t.fail();
  changeBase(github.state, pull, 'main');
  const late = { createdAt: '2026-11-25T12:00:50Z', pulls: [5] } as const;
  const runs = github.state.more('runs', () => new Map<number, unknown>());
  for (const [id, number] of [
    [10, 8],
    [11, 9],
  ] as const) {
    runs.set(id, workflowRun({ ...late, id, number }));
  }
  await arrive({ ...late, id: 10, number: 8 });
  await comment(expect);
  t.deepEqual([conclusions(github), bodies()], [['neutral'], '']);
  for (const [name, section] of Object.entries({ check, 'goodware-linux': goodware })) {
    await addArtifact(github.state, 11, `rearview-${name}`, JSON.stringify(section));
  }
  await arrive({ ...late, id: 11, number: 9 });
  await comment(expect);
  t.deepEqual(conclusions(github), ['success']);
  t.regex(bodies(), /2 rules/);
});

test('a pull request to the forged branch that is closed before its run ends counts, one that was closed before does not', async (t) => {
  const { github, comment, arrive } = await attack(t);
  const second = addPull(github.state, { number: 6, ...evil });
  closePull(github.state, second);
  await arrive({ ...forged, pulls: [5] });
  await comment(expect);
  t.deepEqual(conclusions(github), ['neutral']);
  await arrive({ number: 9, createdAt: '2026-11-25T12:30:00Z' });
  await comment(expect);
  t.deepEqual(conclusions(github), ['success']);
});

test('a fork gains nothing from a second pull request or a changed base', async (t) => {
  const fork = { headRepository: 'mallory/rules' };
  const run = { id: 10, ...fork, pulls: [] };
  const second = await attack(t, { run, pull: fork, sections: {} });
  addPull(second.github.state, { number: 6, ...fork, ...evil });
  await second.comment(expect);
  t.deepEqual(conclusions(second.github), ['neutral']);
  t.false(second.bodies().includes('4711'));
  const changed = await attack(t, { run, pull: { ...fork, ...evil }, sections: {} });
  const [pull] = changed.github.state.pulls;
  if (pull === undefined) return t.fail();
  changeBase(changed.github.state, pull, 'main');
  await changed.comment(expect);
  t.deepEqual([conclusions(changed.github), changed.bodies()], [['neutral'], '']);
});

test('a pull request to another branch shows why there are no results, until its base is the default branch', async (t) => {
  const { github, comment, arrive, bodies } = await attack(t, { pull: evil, run: { pulls: [[5, evil.baseBranch]] } });
  await comment(expect);
  t.deepEqual(conclusions(github), ['neutral']);
  t.regex(bodies(), /forged-workflow/);
  t.false(bodies().includes('2 rules'));
  const [pull] = github.state.pulls;
  if (pull === undefined) return t.fail();
  changeBase(github.state, pull, 'main');
  await arrive({ number: 8, createdAt: '2026-11-25T12:00:10Z' });
  await comment(expect);
  t.deepEqual(conclusions(github), ['success']);
  t.regex(bodies(), /2 rules/);
});

test('the default branch is the one that GitHub reports, whatever its name', async (t) => {
  const { github, comment } = await attack(t);
  github.state.more('git', () => ({
    branches: new Map(),
    commits: new Map(),
    trees: new Map(),
    defaultBranch: 'trunk',
  }));
  await comment(expect);
  t.deepEqual(conclusions(github), ['neutral'], 'main is a branch like any other here');
});

test('a run of another workflow, under the name of rules.yml, posts nothing', async (t) => {
  const { github, comment, arrive } = await attack(t, { sections: { check: closedGate, 'goodware-linux': goodware } });
  await comment(expect);
  for (const path of ['.github/workflows/forged.yml', '.github/workflows/forged.yml@refs/heads/main', 'rules.yml']) {
    await arrive({ ...forged, number: 1000, pulls: [5], path });
    const { code, stdout } = await comment(expect);
    t.is(code, 0);
    t.regex(stdout, /not a workflow whose results are posted/);
  }
  t.deepEqual(conclusions(github), ['failure']);
  await arrive({ number: 8, path: '.github/workflows/rules.yml@refs/heads/main' });
  t.regex((await comment(expect)).stdout, /check run: failure/);
});

test('a forged run of the infrastructure is not shown on the honest pull request either', async (t) => {
  const { github, comment } = await scene(t, {
    run: { ...forged, path: '.github/workflows/infrastructure.yml' },
    sections: { infrastructure },
  });
  addPull(github.state, { number: 6, ...evil });
  const standing = addComment(github.state, 5, us, '<!-- rearview:infrastructure head=b run=1 attempt=1 -->\nhonest');
  await comment('--expect=infrastructure');
  t.regex(standing.body, /honest$/);
  t.is(github.state.comments.length, 1);
});
