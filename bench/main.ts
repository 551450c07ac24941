import { benchAws } from './aws.ts';
import { benchBundle } from './bundle.ts';
import { benchEngine } from './engine.ts';
import { benchIndex } from './index.ts';
import { benchPipeline } from './pipeline.ts';
import { benchRules } from './rules.ts';
import { benchStart } from './start.ts';
import { benchUnpack } from './unpack.ts';
import { benchUp } from './up.ts';

const suites: Readonly<Record<string, (...args: string[]) => Promise<void>>> = {
  pipeline: benchPipeline,
  engine: benchEngine,
  aws: benchAws,
  bundle: benchBundle,
  start: benchStart,
  rules: benchRules,
  unpack: benchUnpack,
  index: benchIndex,
  up: benchUp,
};

const [name = 'pipeline', ...rest] = process.argv.slice(2);
const suite = Object.hasOwn(suites, name) ? suites[name] : undefined;
if (suite === undefined || rest.length > suite.length + 2) {
  process.stderr.write(
    'Usage: npm run bench -- [pipeline | engine [<rules dir>] | aws [<rules dir>] | bundle [<rules dir>] | start | rules [<rules dir> | <number of rules>] | unpack | up [<folder>...] | index [<folder> [<files>]]]\n',
  );
  process.exitCode = 2;
} else {
  await suite(...rest);
}
