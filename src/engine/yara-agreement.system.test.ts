import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { loadRules } from '../rules/load-rules.ts';
import { openEngineRules } from '../testing/rules/engine-rules.ts';
import { filesBelow, plantedCorpus } from '../testing/rules/planted-corpus.ts';
import { reversinglabsRules, withoutReversinglabsRules } from '../testing/rules/reversinglabs.ts';
import { tempFolder } from '../testing/temp-folder.ts';

const run = promisify(execFile);

/** The differences: what YARA 4 cannot read, by file, and why. Everything else is the same. */
const notYara4: Readonly<Record<string, string>> = {
  'executable/elf.yar': 'arrays have no methods there (`elf.sections.len()`)',
};

test('the rules of the repository and public rules match what they match with YARA 4', async (t) => {
  const version = await yaraVersion();
  if (version === null) {
    t.log('skipped: the command "yara" is not installed (Debian package "yara")');
    t.pass();
    return;
  }
  const own = await loadRules(fileURLToPath(new URL('../../rules', import.meta.url)));
  const reference = reversinglabsRules === undefined ? [] : (await loadRules(reversinglabsRules)).files;
  if (reversinglabsRules === undefined) t.log(withoutReversinglabsRules);
  const sources = [...own.files, ...reference].filter(({ namespace }) => !(namespace in notYara4));

  const dir = tempFolder(t);
  const corpus = join(dir, 'corpus');
  await mkdir(corpus);
  const contents = [
    ...plantedCorpus(sources),
    ...filesBelow(fileURLToPath(new URL('../../docs/sample-corpus', import.meta.url))),
  ];
  await Promise.all(contents.map((content, index) => writeFile(join(corpus, `${index}.bin`), content)));

  const theirs = await matchesOfYara(dir, sources, corpus);
  const engine = openEngineRules(sources);
  const ours = new Set<string>();
  for (const [index, content] of contents.entries()) {
    for (const { namespace, rule } of engine.scan(content, externalsOf(`${index}.bin`)))
      ours.add(`${index}.bin ${namespace}:${rule}`);
  }
  const only = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((match) => !b.has(match));
  t.deepEqual({ onlyHere: only(ours, theirs), onlyYara: only(theirs, ours) }, { onlyHere: [], onlyYara: [] });
  t.log(`YARA ${version}: ${sources.length} files of rules, ${contents.length} files, ${ours.size} matches agree`);
  t.true(ours.size >= (reference.length === 0 ? 5 : 20));
});

async function yaraVersion(): Promise<string | null> {
  try {
    return (await run('yara', ['--version'])).stdout.trim();
  } catch {
    return null;
  }
}

/** Matches as `file namespace:rule`. Private rules are left out, as in Rearview. */
async function matchesOfYara(dir: string, sources: readonly RuleSource[], corpus: string): Promise<Set<string>> {
  const files = await Promise.all(
    sources.map(async ({ namespace, source }) => {
      const path = join(dir, 'rules', namespace);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, source);
      // A namespace ends at the first colon.
      return `${Buffer.from(namespace).toString('hex')}:${path}`;
    }),
  );
  const compiled = join(dir, 'rules.yarc');
  await runQuietly('yarac', ['-w', ...variables(''), ...files, compiled]);
  const found = new Set<string>();
  for (const name of await readdir(corpus)) {
    const text = await runQuietly('yara', ['-w', '-e', ...variables(name), '-C', compiled, join(corpus, name)]);
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const [, namespace = '', rule = ''] = /^([0-9a-f]+):(\S+) /.exec(line) ?? [];
      found.add(`${name} ${Buffer.from(namespace, 'hex').toString()}:${rule}`);
    }
  }
  return found;
}

function variables(name: string): string[] {
  return Object.entries(externalsOf(name)).flatMap(([key, value]) => ['-d', `${key}=${value}`]);
}

/** An error shows the output of the command, without its thousand arguments. */
async function runQuietly(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(command, args, { maxBuffer: 1e8 })).stdout;
  } catch (error) {
    throw new Error(
      `${command}: ${error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)}`,
    );
  }
}
