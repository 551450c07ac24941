import { startAwsPipeline } from '../../../testing/aws/aws-pipeline.ts';
import { testedRule } from '../../../testing/cli/run-cli.ts';
import { filesAt, gitOf, pushFiles } from '../../../testing/github/git-store.ts';
import { startGithub } from '../../../testing/github/github-server.ts';
import { stagedRule } from '../../../testing/rules/staged-rule.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo(
  'in AWS: a staged rule is previewed, published, watched, and promoted; the band is that of its preview',
  async (t) => {
    const pipeline = await startAwsPipeline(t);
    const github = await startGithub(t);
    const succeed = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await pipeline.runWith(
        {
          ...pipeline.services.env,
          ...github.env,
          AWS_ENDPOINT_URL_LAMBDA: pipeline.lambda.endpoint,
          AWS_ACCESS_KEY_ID: 'operator',
        },
        ...args,
      );
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
      return stdout;
    };
    const alerting = testedRule('Loud', 'loud');
    const quiet = stagedRule('Quiet', 'quiet');
    pipeline.write(alerting);
    await succeed('publish');
    await pipeline.upload({ one: 'quiet', again: 'quiet', none: 'nothing', loud: 'loud' });
    await pipeline.settle();
    pipeline.write(quiet);
    await succeed('retro', 'preview');
    await succeed('publish');
    const scan = (await succeed('retro', 'start', '--no-wait')).trim();
    await pipeline.ended(scan);
    await pipeline.upload({ new: 'quiet too', 'new-again': 'quiet too', later: 'quiet' });
    await pipeline.settle();

    const [preview] = await pipeline.target.state.scans.list({ kind: 'preview', limit: 1 });
    const evidence = JSON.parse(await succeed('rules', 'staged', '--json'));
    t.like(evidence, {
      ...{ rule: 'quiet.yar:Quiet', isWhole: true, decision: 'soaking', arrivedObjects: 7 },
      ...{ retro: { contents: 1, objects: 2 }, live: { contents: 1, objects: 3 } },
      // 3 times 7 × 2/4.
      ...{ rate: { from: 'preview', scanId: preview?.id, hits: 2, objects: 4 }, band: 10.5 },
    });
    t.is(evidence.examples.length, 2);

    pushFiles(github.state, { ...alerting, ...quiet });
    pipeline.write({ 'rearview.yaml': 'staged: { soakDays: 0.0000001 }\n' });
    t.regex(await succeed('github', 'promote'), /^promote {2}quiet\.yar:Quiet {2}opened/);
    const branch = github.state.pulls[0]?.headBranch ?? '';
    t.deepEqual(filesAt(gitOf(github.state), branch), { ...alerting, ...testedRule('Quiet', 'quiet') });
    t.deepEqual(
      (await pipeline.alerts()).map(({ rule }) => rule.name),
      ['Loud'],
    );
  },
);
