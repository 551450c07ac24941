import { benchPipeline } from './pipeline.ts';

const suites = { pipeline: benchPipeline };

const [name = 'pipeline', ...rest] = process.argv.slice(2);
const suite = Object.entries(suites).find(([each]) => each === name)?.[1];
if (suite === undefined || rest.length > 0) {
  process.stderr.write(`Usage: npm run bench -- [${Object.keys(suites).join(' | ')}]\n`);
  process.exitCode = 2;
} else {
  await suite();
}
