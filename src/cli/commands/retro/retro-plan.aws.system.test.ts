import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { startAwsPipeline } from '../../../testing/aws/aws-pipeline.ts';
import { testedRule } from '../../../testing/cli/run-cli.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo('in AWS, the plan of a merge is compared with the budget before anything is published', async (t) => {
  const pipeline = await startAwsPipeline(t);
  pipeline.write(testedRule('Alpha', 'alpha'));
  pipeline.write({
    'in/one.txt': 'alpha',
    'rearview.yaml': 'forecast: { maxDollars: 0 }',
    'roomy.yaml': 'forecast: { maxDollars: 1000 }',
  });
  t.is((await pipeline.run('upload', 'in')).code, 0);
  t.is((await pipeline.run('rules', 'build', '--out', 'ruleset.bin')).code, 0);
  const report = join(tempFolder(t), 'forecast.json');
  const args = ['retro', 'plan', '--ruleset', 'ruleset.bin', '--report', report];
  const above = await pipeline.run(...args);
  t.is(above.code, 1, above.stderr);
  t.regex(
    above.stderr,
    /above the budget: It would cost about \$\d+\.\d\d; the budget is \$0 \(forecast\.maxDollars\)\./,
  );
  const section = reviewSectionSchema.parse(JSON.parse(await readFile(report, 'utf8')));
  t.like(section, { section: 'forecast', verdict: 'failed', objects: 1, dueObjects: 1, rules: 1 });
  t.is((await pipeline.run(...args, '--config', 'roomy.yaml')).code, 0);
  t.is(await pipeline.target.library.current(), null);
});
