import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentOf, createRandom } from '../../bench/corpus.ts';
import { createPullRequestSite } from '../../src/testing/workflows/pull-request-site.ts';
import { workflowNamed } from '../../src/testing/workflows/read-workflow.ts';
import { runWorkflow } from '../../src/testing/workflows/run-workflow.ts';
import { sectionsOf } from '../../src/testing/workflows/sections-of.ts';
import { startStackRunner } from '../../src/testing/workflows/stack-runner.ts';
import { change, planted } from './change.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Beside the sample corpus and what the change is to find. */
const otherObjects = 1200;

/**
 * Runs the workflows of this repository on a pull request to its own rules, under the policies of the stack and on the emulators, and keeps the
 * sections that they leave. Those of macOS and Windows are left out: the machine is neither.
 */
export async function record(folder: string): Promise<void> {
  const ends: (() => unknown)[] = [];
  const t = { teardown: (end: () => unknown) => void ends.push(end) };
  try {
    const site = await createPullRequestSite(t, {
      ...(await filesBelow('rules')),
      ...(await filesBelow('rule-tests')),
      'rearview.yaml':
        'goodware:\n  places:\n    linux: [/usr]\nforecast:\n  maxDollars: 5\n  maxMinutes: 60\nprofile:\n  maxTimes: 30\n',
    });
    const { runner, pipeline } = await startStackRunner(t, site.repository, {
      env: { GITHUB_API_URL: site.github.url },
    });
    const published = await runWorkflow(workflowNamed('publish'), site.repository.push({}), runner);
    if (published.conclusion === 'failure') throw new Error('The rules of this repository could not be published.');
    const random = createRandom(20_261_125);
    for (let index = 0; index < otherObjects; index += 1) {
      const content = contentOf(index, Math.round(100 * 10 ** (random() * 3)), random);
      await pipeline.upload({ [`endpoints/host-${index % 40}/${index}.bin`]: content });
    }
    await pipeline.upload(await filesBelow('docs/sample-corpus'));
    await pipeline.upload(planted);
    await pipeline.settle();
    // An earlier scan, to know the speed by.
    await pipeline.ended((await pipeline.begin({ full: true })).id);
    const { rules } = await site.review(
      runner,
      site.open('decode-and-run', change(await filesBelow('rules'), await filesBelow('rule-tests'))),
    );

    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const [name, section] of sectionsOf(rules)) {
      if (/macos|windows/.test(name)) continue;
      const file = path.join(folder, `${name.replace(/^rearview-/, '')}.json`);
      await writeFile(file, `${JSON.stringify(section, null, 2)}\n`);
    }
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** The files in a folder of this repository, by path. */
async function filesBelow(folder: string): Promise<Readonly<Record<string, Uint8Array>>> {
  const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = async (file: string) => [path.relative(root, file), await readFile(file)] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}
