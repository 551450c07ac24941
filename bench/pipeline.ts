import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareRules } from '../src/app/rulesets/prepare-rules.ts';
import { publishRuleset } from '../src/app/rulesets/publish-ruleset.ts';
import { startRetro } from '../src/app/scans/retro-scans.ts';
import { openLocalTarget } from '../src/targets/local/local-target.ts';
import { writeCorpus } from './corpus.ts';

const files = 500;

/**
 * Measures the pipeline on this machine end to end: list, read, hash, scan, record and account for
 * a fixed generated corpus, with the project's own rules.
 */
export async function benchPipeline(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-bench-'));
  try {
    const corpus = join(dir, 'corpus');
    const bytes = await writeCorpus(corpus, files);
    const workers = availableParallelism();
    process.stdout.write(
      `corpus       ${files} files, ${(bytes / 1e6).toFixed(1)} MB; ${workers} workers; Node ${process.version}\n`,
    );
    let engineMs = 0;
    const target = await openLocalTarget({
      stateDir: join(dir, 'state'),
      jobs: workers,
      observe: (event) => {
        if (event.type === 'object') engineMs += event.engineMs;
      },
    });
    const pipeline = await target.startPipeline();
    try {
      const { ruleset } = await prepareRules({ rulesDir: 'rules', image: 'build' });
      if (ruleset === null) throw new Error('The rules do not compile: run "npm run rearview -- rules check".');
      await target.setCorpusRoots([corpus]);
      await publishRuleset(target.library, ruleset, { now: Date.now });
      for (const [label, full] of [
        ['first scan', false],
        ['full again', true],
        ['nothing new', false],
      ] as const) {
        engineMs = 0;
        const started = performance.now();
        const { scan } = await startRetro(
          { scans: target.state.scans, library: target.library, now: Date.now },
          { buckets: target.buckets, filter: {}, full, expected: null },
        );
        while ((await target.state.scans.get(scan.id))?.state === 'running') await sleep(5);
        const wallMs = performance.now() - started;
        const { counts } = (await target.state.scans.get(scan.id)) ?? scan;
        if (counts.objects !== files) throw new Error(`The ledger has ${counts.objects} objects, the corpus ${files}.`);
        const outside = 100 * (1 - engineMs / (wallMs * workers));
        process.stdout.write(
          `${label.padEnd(13)}${(wallMs / 1000).toFixed(2)} s  ${(files / (wallMs / 1000)).toFixed(0)} objects/s  ` +
            `${(counts.scannedBytes / 1e3 / wallMs).toFixed(1)} MB/s scanned  ${outside.toFixed(0)} % of worker time outside the engine  ` +
            `(${counts.scanned} scanned, ${counts.covered} covered)\n`,
        );
      }
    } finally {
      await pipeline.stop();
      await target.close();
    }
  } finally {
    await rm(dir, { recursive: true });
  }
}
