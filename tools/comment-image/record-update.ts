import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../../src/cli/program.ts';

/** A pack: rules by the number of their file, with the text that each searches for. */
type Pack = (file: number, index: number) => string | null;

const perFile = 12;

/**
 * Makes an update of about 1,000 public rules of two sources, with rules that are broken, duplicates and matches on goodware, and keeps the sections of
 * its checks: those that need no corpus.
 */
export async function recordUpdate(folder: string): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rearview-update-'));
  try {
    const text = (name: string, part: string) =>
      `rule ${name} { meta: score = 75 strings: $a = "${part}" condition: $a }\n`;
    const before: Pack = (file, index) => text(`APT_Loader_${file}_${index}`, `beacon ${file}/${index}`);
    const after: Pack = (file, index) => {
      if (file < 10 && index > 6) return null;
      if (index === 3) return text(`APT_Loader_${file}_${index}`, `new beacon ${file}/${index}`);
      return before(file, index);
    };
    await write(dir, 'base', [['intel', 40, before]]);
    await write(dir, 'rules', [
      ['intel', 90, after],
      ['community', 30, (file, index) => text(`MAL_Stealer_${file}_${index}`, `wallet ${file}/${index}`)],
    ]);
    const broken = Array.from({ length: 14 }, (_, index) => `rule THOR_Only_${index} { condition: thor_${index} }\n`);
    await writeFile(path.join(dir, 'rules/vendor/community/thor.yar'), broken.join(''));
    await writeFile(path.join(dir, 'rules/vendor/community/again.yar'), text('MAL_Loader_Again', 'beacon 1/1'));
    await mkdir(path.join(dir, 'files'));
    await writeFile(path.join(dir, 'files/setup.exe'), 'wallet 2/4 and beacon 60/7');
    await writeFile(path.join(dir, 'rearview.yaml'), 'goodware: { places: { releases: [files] } }\n');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const report = (name: string) => ['--report', path.resolve(folder, `${name}.json`)];
    await run(dir, ['rules', 'check', ...report('check')]);
    await run(dir, ['rules', 'diff', '--base', 'base', ...report('diff')]);
    await run(dir, ['rules', 'goodware', 'releases', '--base', 'base', ...report('goodware-releases')]);
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function write(dir: string, name: string, packs: readonly (readonly [string, number, Pack])[]): Promise<void> {
  for (const [source, files, pack] of packs) {
    const folder = path.join(dir, name, 'vendor', source);
    await mkdir(folder, { recursive: true });
    for (let file = 0; file < files; file += 1) {
      const rules = Array.from({ length: perFile }, (_, index) => pack(file, index) ?? '');
      await writeFile(path.join(folder, `family_${file}.yar`), rules.join(''));
    }
  }
  const of = (source: string, state: string) =>
    `  ${source}: { url: "https://example.com/${source}", state: ${state} }\n`;
  await writeFile(
    path.join(dir, name, 'sources.yaml'),
    `sources:\n${of('intel', 'active')}${of('community', 'staged')}`,
  );
}

async function run(cwd: string, args: readonly string[]): Promise<void> {
  await runCli(args, {
    ...{ stdout: process.stderr, stderr: process.stderr, cwd, env: {}, signal: new AbortController().signal },
    isTerminal: { stdout: false, stderr: false },
  });
}
