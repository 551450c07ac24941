import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineEvent } from '../../app/pipeline/events.ts';
import type { Pipeline } from '../../app/pipeline/pipeline.ts';
import { publishRuleset } from '../../app/rulesets/publish-ruleset.ts';
import { startRetro } from '../../app/scans/retro-scans.ts';
import { type Alert, alertSchema } from '../../domain/alerts/alert.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { type LocalTarget, type LocalTargetOptions, openLocalTarget } from '../../targets/local/local-target.ts';
import type { Teardown } from '../teardown.ts';

/** The real pipeline on this machine, in a folder of its own that goes with the test. */
export interface TestTarget {
  readonly dir: string;
  /** Files here are registered in place. */
  readonly corpusDir: string;
  readonly target: LocalTarget;
  readonly events: readonly PipelineEvent[];
  /** Writes files below the corpus folder. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Publishes a ruleset: sources by path. */
  publish(rules: Readonly<Record<string, string>>): Promise<void>;
  /** Runs the pipeline until the test ends, or `stop` is called. */
  start(): Promise<Pipeline>;
  /** Scans the corpus and waits for the end. */
  retro(options?: { readonly full?: boolean; readonly filter?: ObjectFilter }): Promise<Scan>;
  /** Starts a scan and does not wait. */
  begin(options?: { readonly full?: boolean; readonly filter?: ObjectFilter }): Promise<Scan>;
  /** Waits for the end of a scan. */
  ended(scanId: string): Promise<Scan>;
  ledger(scanId: string): Promise<readonly LedgerEntry[]>;
  /** All lines of `alerts.jsonl`, once nothing is owed any more. */
  alerts(): Promise<readonly Alert[]>;
  /** Waits until `condition` holds. */
  until(condition: () => Promise<boolean> | boolean): Promise<void>;
}

/**
 * @param dir of another target of the same test, with its state and corpus. Default: a new one
 */
export async function createTestTarget(
  t: Teardown,
  options: Omit<LocalTargetOptions, 'stateDir' | 'observe'> = {},
  dir?: string,
): Promise<TestTarget> {
  dir ??= await mkdtemp(join(tmpdir(), 'rearview-test-'));
  const [corpusDir, stateDir] = [join(dir, 'corpus'), join(dir, 'state')];
  await mkdir(corpusDir, { recursive: true });
  const events: PipelineEvent[] = [];
  const target = await openLocalTarget({
    jobs: 1,
    ...options,
    stateDir,
    observe: (event) => events.push(event),
  });
  await target.setCorpusRoots([corpusDir]);
  let pipeline: Pipeline | undefined;
  t.teardown(async () => {
    await pipeline?.stop();
    await target.close();
    await rm(dir, { recursive: true, force: true });
  });

  const until = async (condition: () => Promise<boolean> | boolean) => {
    while (!(await condition())) await sleep(10);
  };
  const begin: TestTarget['begin'] = async ({ full = false, filter = {} } = {}) => {
    const { scan } = await startRetro(
      { scans: target.state.scans, library: target.library, now: Date.now },
      { buckets: target.buckets, filter, full, expected: null },
    );
    return scan;
  };
  const ended = async (scanId: string) => {
    for (;;) {
      const scan = await target.state.scans.get(scanId);
      if (scan !== null && finalStates.includes(scan.state)) return scan;
      await sleep(10);
    }
  };

  return {
    dir,
    corpusDir,
    target,
    events,
    until,
    begin,
    ended,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(corpusDir, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
        await chmod(path, 0o644);
      }
    },
    async publish(rules) {
      const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
      await publishRuleset(target.library, buildRuleset(sources, engineInfo()), { now: Date.now });
    },
    async start() {
      const started = await target.startPipeline();
      const stopOnce = started.stop.bind(started);
      pipeline = {
        async stop() {
          pipeline = undefined;
          return stopOnce();
        },
      };
      return pipeline;
    },
    async retro(scanOptions) {
      return ended((await begin(scanOptions)).id);
    },
    async ledger(scanId) {
      const entries: LedgerEntry[] = [];
      let after: string | undefined;
      do {
        const page = await target.state.scans.ledger(scanId, { limit: 500, ...(after === undefined ? {} : { after }) });
        entries.push(...page.entries);
        after = page.next ?? undefined;
      } while (after !== undefined);
      return entries;
    },
    async alerts() {
      await until(async () => (await target.state.matches.pendingAlerts({ limit: 1 })).length === 0);
      return readAlerts(target.alertsFile);
    },
  };
}

/** The alerts in a file of JSON lines; none if there is no file. */
export async function readAlerts(file: string): Promise<readonly Alert[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const alert: Alert = JSON.parse(line);
      if (alert.schema !== alertSchema) throw new Error(`not an alert: ${line}`);
      return alert;
    });
}

/** A rule that matches files which contain `text`. */
export function ruleFor(name: string, text: string, meta = ''): string {
  return `rule ${name} { ${meta === '' ? '' : `meta: ${meta}`} strings: $a = "${text}" condition: $a }\n`;
}
