import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { engineInfo } from '../engine/module/engine-module.ts';
import { loadRules } from '../rules/load-rules.ts';
import { buildRuleset } from '../rules/ruleset.ts';
import { createTestCli } from '../testing/cli/run-cli.ts';
import { groups } from './commands.ts';

test('the command reference shows the unchanged help of every command, and global options once', async (t) => {
  const page = await readFile(new URL('../../docs/reference/commands.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^## (.+)\n\n```text\n([\s\S]*?)```$/gm)];
  t.is(
    sections.length,
    groups.reduce((sum, group) => sum + group.commands.length, 0),
  );
  const oneGap = (text: string) => text.trim().replaceAll(/\n{2,}/g, '\n\n');
  const cli = await createTestCli(t);
  for (const [, name = '', shown = ''] of sections) {
    const { stdout } = await cli.run(...name.split(' '), '--help');
    const [before = '', globals = ''] = oneGap(stdout).split('Global Options:\n');
    const examples = globals.slice(globals.indexOf('\n\n') + 2);
    t.is(oneGap(shown), `${before}${examples}`, name);
  }
  t.is(page.match(/--stack-outputs <file> /g)?.length, 1);
});

const project = fileURLToPath(new URL('../../', import.meta.url));
const texts = ['*.md', 'docs/**/*.md', '.github/**/*.yml', 'package.json', '{src,infra,bench}/**/*.ts'];

test('nothing runs rearview by a name that npm would look up in the registry', async (t) => {
  let files = 0;
  for await (const file of glob(texts, { cwd: project })) {
    if (/\.test\.ts$|\/testing\//.test(file)) continue;
    files += 1;
    const text = await readFile(path.join(project, file), 'utf8');
    t.false(/\b(npx|npm exec|npm x|bunx|pnpx|pnpm dlx|yarn dlx)( +-\S+)* +rearview\b/.test(text), file);
  }
  t.true(files > 100);
});

test('commands in the shell are given as they run in a checkout', async (t) => {
  let commands = 0;
  for await (const file of glob(['*.md', 'docs/**/*.md'], { cwd: project })) {
    const text = await readFile(path.join(project, file), 'utf8');
    for (const [, block = ''] of text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)) {
      for (const line of block.split('\n')) {
        t.notRegex(line, /^\s*(sudo +|\S+=\S* +)*rearview\b/, `${file}: ${line}`);
        commands += line.includes('npm run rearview -- ') ? 1 : 0;
      }
    }
  }
  t.true(commands > 30, String(commands));
});

test('every test that the threat model names exists', async (t) => {
  const page = await readFile(path.join(project, 'docs/explanation/threat-model.md'), 'utf8');
  const named = new Set([...page.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file = '']) => file));
  t.true(named.size > 30);
  for (const file of named) {
    // A row may leave out the folder where the one before has it.
    const found = await glob([file, `{src,infra,tools}/**/${file}`], { cwd: project }).next();
    t.false(found.done, file);
  }
});

test('the ruleset in the examples is that of the rules of this project', async (t) => {
  const { files } = await loadRules(path.join(project, 'rules'));
  const { id } = buildRuleset(files, engineInfo());
  t.true((await readFile(path.join(project, 'docs/reference/alerts.md'), 'utf8')).includes(`"id": "${id}"`), id);
  t.true((await readFile(path.join(project, 'README.md'), 'utf8')).includes(`ruleset  ${id.slice(0, 12)} published`));
});
