import test from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { buildRules, openRules } from '../compiled-rules.ts';
import { readPackageGlue } from '../module/engine-module.ts';
import { createRemedies, type Remedies } from '../remedies.ts';
import { compiledEngineModule, type Engine, startEngine, startEngineWith } from '../yara.ts';
import { evaluateGlue } from './package-glue.ts';

const source =
  'rule a { strings: $a = "abc" $b = /x[0-9]+/ condition: uint16(0) == 0x5a4d and any of them and #a < 9 }';
const payload = Buffer.from('MZ..abc x12');

function start(change: (glue: string) => string): { engine: Engine; remedies: Remedies } {
  const remedies = createRemedies();
  return {
    engine: startEngineWith(evaluateGlue(change(readPackageGlue())), compiledEngineModule(), remedies),
    remedies,
  };
}

function scan(engine: Engine): string[] {
  const rules = openRules(engine, buildRules(engine, [{ namespace: 'a.yar', source }]));
  // Twice, because the second scan uses what the first left behind.
  return [...rules.scan(payload, externalsOf('')), ...rules.scan(payload, externalsOf(''))].map(({ rule }) => rule);
}

test('the current package allows every remedy', (t) => {
  const { engine, remedies } = start((glue) => glue);
  t.deepEqual(scan(engine), ['a', 'a']);
  t.deepEqual([...remedies.reasons], []);
});

test('a package with unexpected functions is used without kept conditions, and scans correctly', (t) => {
  for (const [known, other] of [
    ['new WebAssembly.Instance(arg0, arg1)', 'new WebAssembly.Instance(arg0, arg1, undefined)'],
    ['new WebAssembly.Memory(arg0)', 'new (WebAssembly.Memory)(arg0)'],
    ['const ret = makeMutClosure(', 'const ret = (0, makeMutClosure)('],
  ] as const) {
    const { engine, remedies } = start((glue) => glue.replaceAll(known, other));
    t.deepEqual(scan(engine), ['a', 'a'], known);
    t.deepEqual([...remedies.reasons.keys()], ['conditions'], known);
  }
});

test('a package that can only be started by itself is started that way', (t) => {
  const { engine, remedies } = start((glue) => glue.replaceAll('__wbg_get_imports', '__wbg_imports'));
  t.deepEqual(scan(engine), ['a', 'a']);
  t.deepEqual([...remedies.reasons.keys()], ['instances']);
  t.is(engine.exports, null);
});

test('a package of another kind is refused with advice', (t) => {
  t.throws(() => evaluateGlue('export default 1 +'), { code: 'ERR_CONFIG', message: /npm ci/ });
  t.throws(() => evaluateGlue('export class Compiler {}'), { code: 'ERR_CONFIG' });
});

test('ten thousand scans leave no reference behind, and take no more memory', (t) => {
  const engine = startEngine();
  const rules = openRules(
    engine,
    buildRules(engine, [{ namespace: 'a.yar', source: `${source} rule b { condition: filename == "x" }` }]),
  );
  const run = (count: number): void => {
    for (let index = 0; index < count; index += 1) rules.scan(payload, externalsOf(`/${index % 100}`));
  };
  run(200);
  const before = { memory: engine.memoryBytes(), references: references(engine) };
  // With four variables, each is five scanners.
  run(2_000);
  t.deepEqual({ memory: engine.memoryBytes(), references: references(engine) }, before);
  t.false(engine.isWorn());
});

function references({ exports }: Engine): number {
  const table = exports?.['__wbindgen_externrefs'];
  return table instanceof WebAssembly.Table ? table.length : Number.NaN;
}
