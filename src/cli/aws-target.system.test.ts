import test from 'ava';
import { formatCorpusBucket } from '../targets/aws/corpus-buckets.ts';
import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { createTestCli, testedRule } from '../testing/cli/run-cli.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

testWithDynamo('publish, upload, retro and matches work in AWS as they do here', async (t) => {
  const pipeline = await startAwsPipeline(t);
  const ok = async (...args: readonly string[]) => {
    const result = await pipeline.run(...args);
    t.is(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
  };
  pipeline.write(testedRule('Alpha', 'alpha'));
  pipeline.write({ 'in/a b+c.txt': 'alpha', 'in/two.txt': 'alpha beta', 'in/three.txt': 'beta' });
  t.regex(await ok('publish'), /number 1 {2}published/);
  t.regex(await ok('publish'), /active already/);
  t.is((await ok('upload', 'in')).trim().split('\n').length, 3);
  t.is((await ok('upload', 'in')).trim(), '', 'what is there is not sent again');
  await pipeline.settle();
  t.deepEqual((await pipeline.alerts()).map(({ object }) => object.key).sort(), ['in/a b+c.txt', 'in/two.txt']);
  const described = await pipeline.target.corpus.describe({ key: 'in/two.txt' });
  t.regex(described.metadata['filepath'] ?? '', /in\/two\.txt$/);

  pipeline.write(testedRule('Beta', 'beta'));
  await ok('publish');
  const plan = JSON.parse(await ok('retro', 'plan', '--json'));
  t.like(plan, { objects: 3, dueObjects: 3, dueRules: ['beta.yar:Beta'] });
  const id = (await ok('retro', 'start')).trim();
  t.like(JSON.parse(await ok('retro', 'status', id, '--json')), {
    id,
    state: 'completed',
    counts: { objects: 3, scanned: 3 },
  });
  t.regex(await ok('retro', 'list'), new RegExp(id));
  t.regex(await ok('retro', 'watch', id), /completed/);
  await pipeline.settle();

  const matches = (await ok('matches', 'list', '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(matches.length, 4);
  t.is((await ok('matches', 'list', '--rule', 'Beta', '--json')).trim().split('\n').length, 2);
  t.regex(await ok('matches', 'show', matches[0].sha256), /in\//);
  t.regex(await ok('queue', 'status'), /live +0/);
});

testWithDynamo('a scan is paused, resumed and cancelled from the command line', async (t) => {
  const pipeline = await startAwsPipeline(t);
  pipeline.write(testedRule('Alpha', 'alpha'));
  t.is((await pipeline.run('publish')).code, 0);
  await pipeline.upload({ a: 'alpha' });
  await pipeline.settle();
  // The scan is not planned: the batcher is killed as soon as it begins.
  pipeline.lambda.setChaos({ kill: ({ functionName }) => (functionName === 'batcher' ? 0 : null) });
  const started = await pipeline.run('retro', 'start', '--full', '--no-wait');
  t.is(started.code, 0, started.stderr);
  const id = started.stdout.trim();
  t.regex(started.stderr, /functions run it/);
  t.regex((await pipeline.run('retro', 'pause')).stdout, new RegExp(`${id} paused`));
  pipeline.lambda.setChaos({});
  t.regex((await pipeline.run('retro', 'resume')).stdout, new RegExp(`${id} running`));
  t.like(await pipeline.ended(id), { state: 'completed', counts: { scanned: 1 } });
  t.is((await pipeline.run('retro', 'cancel', id)).code, 2, 'it has ended');
});

testWithDynamo('dead letters are listed and redriven from the command line', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.target.state.queues.live.send(['{"no": "event"}']);
  await pipeline.settle();
  const { stdout } = await pipeline.run('queue', 'status', '--dead-letters', '--json');
  t.like(JSON.parse(stdout), { queue: 'live', body: '{"no": "event"}' });
  t.regex((await pipeline.run('queue', 'redrive', '--queue', 'live')).stdout, /live: 1 message put back/);
});

testWithDynamo('the outputs of the stack replace environment variables', async (t) => {
  const pipeline = await startAwsPipeline(t);
  const { target, services } = pipeline;
  const corpusBuckets = target.config.corpusBuckets.map(formatCorpusBucket);
  const outputs = { ...target.config, corpusBuckets, unrelated: { a: 1 } };
  const cli = await createTestCli(t);
  await cli.write({ 'outputs.json': JSON.stringify(outputs) });
  const endpoints = Object.fromEntries(Object.entries(services.env).filter(([name]) => name.startsWith('AWS_')));
  const result = await pipeline.runWith(endpoints, '--stack-outputs', `${cli.dir}/outputs.json`, 'queue', 'status');
  t.is(result.code, 0, result.stderr);
});

test('missing settings are named, with a fix', async (t) => {
  const cli = await createTestCli(t);
  const { code, stderr } = await cli.run('--target', 'aws', 'retro', 'list');
  t.is(code, 2);
  for (const name of ['REARVIEW_CORPUS_BUCKETS', 'REARVIEW_SCANS_TABLE', 'liveQueueUrl']) t.true(stderr.includes(name));
  t.regex(stderr, /pulumi stack output --json/);

  await cli.write({ 'outputs.json': '[]', 'part.json': '{"corpusBuckets": "a", "liveQueueUrl": "no url"}' });
  const noObject = await cli.run('--target', 'aws', '--stack-outputs', 'outputs.json', 'retro', 'list');
  t.is(noObject.code, 2);
  t.regex(noObject.stderr, /outputs\.json: it is not a JSON object/);
  const part = await cli.run('--target', 'aws', '--stack-outputs', 'part.json', 'retro', 'list');
  t.regex(part.stderr, /REARVIEW_LIVE_QUEUE_URL \(stack output liveQueueUrl\): must be a URL, not "no url"/);
  t.false(part.stderr.includes('REARVIEW_CORPUS_BUCKETS'));
  t.is((await cli.run('--target', 'aws', '--stack-outputs', 'none.json', 'retro', 'list')).code, 2);
  t.is((await cli.run('--target', 'mars', 'retro', 'list')).code, 2);
  t.regex((await cli.run('--target', 'aws', 'up')).stderr, /functions run the pipeline/);
});
