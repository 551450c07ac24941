import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { coveredLogic } from '../../../domain/rulesets/coverage.ts';
import { logicOf } from '../../../domain/rulesets/ruleset.ts';
import { startAwsPipeline } from '../../../testing/aws/aws-pipeline.ts';
import { createGitRepository } from '../../../testing/cli/git-repository.ts';
import { createTestCli, testedRule } from '../../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../../testing/cli/run-cli-process.ts';
import { startGithub } from '../../../testing/github/github-server.ts';
import { addPull } from '../../../testing/github/github-state.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

const objects = 60;

/**
 * A pipeline with a corpus, GitHub, and what the job of a merge runs, in a process and a folder of
 * its own for each merge.
 */
async function startSite(t: ExecutionContext) {
  const pipeline = await startAwsPipeline(t);
  const github = await startGithub(t);
  await pipeline.upload(
    Object.fromEntries(Array.from({ length: objects }, (_, at) => [`${at}.txt`, `alpha beta gamma ${at}`])),
  );
  await pipeline.settle();
  const cli = await createTestCli(t);
  await cli.write({ '.gitignore': 'at\n' });
  const repository = createGitRepository(cli.dir);
  let number = 0;
  const merge = async (word: string) => {
    await cli.write(testedRule(word, word));
    const sha = repository.commit(word);
    number += 1;
    addPull(github.state, { number, state: 'closed', mergedAt: '2026-11-25T12:00:00Z', commits: [sha] });
    const cwd = join(cli.dir, 'at', word);
    repository.git('worktree', 'add', '--quiet', '--detach', cwd, sha);
    const env = {
      ...{ ...pipeline.services.env, ...github.env, AWS_ACCESS_KEY_ID: 'publish' },
      AWS_ENDPOINT_URL_LAMBDA: pipeline.lambda.endpoint,
    };
    const run = async (...args: readonly string[]) => {
      const end = await runCliProcess(['--target', 'aws', ...args], { cwd, env });
      t.is(end.code, 0, `${args.join(' ')}: ${end.stderr}`);
      return end.stdout.trim();
    };
    return {
      sha,
      publish: () => run('publish', '--commit', sha),
      start: () => run('retro', 'start', '--no-wait'),
      report: () => run('github', 'report', '--commit', sha, '--wait', '5m'),
    };
  };
  const bodyOf = (pull: number) => github.state.comments.find(({ issue }) => issue === pull)?.body ?? '';
  /** Fails unless every object has been scanned with all active rules. */
  const allCovered = async (rules: number) => {
    const { rulesetId = '' } = (await pipeline.target.library.current()) ?? {};
    const logic = logicOf(await pipeline.target.library.get(rulesetId));
    t.is(logic.length, rules);
    const [bucket = ''] = pipeline.target.buckets;
    const { objects: listed } = await pipeline.target.corpus.list({ after: null, limit: 1000 });
    t.is(listed.length, objects);
    const records = await pipeline.target.state.records.getMany(listed.map((each) => ({ ...each, bucket })));
    for (const record of records) {
      const covered = coveredLogic(record?.coverage ?? [], record?.size ?? 0, pipeline.target);
      t.deepEqual(
        logic.filter((hash) => !covered.has(hash)),
        [],
      );
    }
  };
  return { pipeline, merge, bodyOf, allCovered };
}

testWithDynamo(
  'a second merge while the scan of the first runs: all is covered, and both pull requests report the end',
  async (t) => {
    const { pipeline, merge, bodyOf, allCovered } = await startSite(t);
    const first = await merge('alpha');
    const second = await merge('beta');
    await first.publish();
    const resume = await pipeline.holdRetro();
    const early = await first.start();
    await second.publish();
    t.like(await pipeline.target.state.scans.get(early), { state: 'running' });
    const late = await second.start();
    await resume();
    const reports = Promise.all([first.report(), second.report()]);
    await pipeline.ended(late);
    const [one, two] = await reports;
    t.regex(one, new RegExp(`^${late} completed`));
    t.regex(two, new RegExp(`^${late} completed`));
    await allCovered(2);
    t.regex(bodyOf(1), /state=completed[\s\S]*alpha[\s\S]*beta/);
    t.regex(bodyOf(2), /state=completed/);
    t.like(await pipeline.target.state.scans.get(early), { state: 'cancelled' });
    t.regex(bodyOf(1), new RegExp(`scan=${early} [\\s\\S]*another ruleset became active`));
  },
);

testWithDynamo(
  'two simultaneous merges end with both sets of rules active and scanned over the corpus, and both are reported',
  async (t) => {
    const { pipeline, merge, bodyOf, allCovered } = await startSite(t);
    const jobs = [await merge('alpha'), await merge('beta'), await merge('gamma')];
    // Each goes through its job, without waiting for the other.
    const running = jobs.toReversed().map(async (job) => {
      await job.publish();
      await job.start();
      return job.report();
    });
    const done = new AbortController();
    const ends = Promise.all(running).finally(() => done.abort());
    while (!done.signal.aborted) await pipeline.settle();
    for (const end of await ends) t.regex(end, / completed,/);
    t.like(await pipeline.target.library.current(), { commit: jobs.at(-1)?.sha });
    await allCovered(3);
    for (const pull of [1, 2, 3]) t.regex(bodyOf(pull), /state=completed/);
  },
);
