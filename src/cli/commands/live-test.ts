import { randomBytes } from 'node:crypto';
import pMap from 'p-map';
import { chooseTestRules, type TestUpload } from '../../app/live-test/choose-test-rules.ts';
import { explainForm } from '../../app/live-test/explain-live-test.ts';
import { hasArrived, removeUploads, runLiveTest } from '../../app/live-test/live-test.ts';
import { eicarForms } from '../../domain/eicar.ts';
import { packedEicarForms } from '../../domain/eicar-packed.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { AlertWatch, Leftover } from '../../ports/alert-watch.ts';
import type { CliContext } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagSet } from '../flags/flag.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { createLiveTestProgress, type LiveTestProgress } from '../live-test/live-test-progress.ts';
import { printLiveTest } from '../live-test/live-test-result.ts';
import { safeText } from '../output/output.ts';
import { type LiveTestSite, openLiveTestSite } from '../wiring/live-test-site.ts';

const defaultTimeoutSeconds = 120;

/** `live-test`. */
export const liveTest = defineCommand({
  description:
    'Upload a harmless test file (EICAR) in several forms and follow each to its alert.\n\nOn this machine, "rearview up" must be running. All subscribers receive the alerts. The files and the test subscription are removed at the end, also on failure and Ctrl-C; the matches stay.\nEnds with 1 if a match or an alert did not arrive, or cleaning up failed; with 2 if no active rule matches the test file.',
  flags: [
    ['--timeout <s>', `Seconds to wait after the upload. Default: ${defaultTimeoutSeconds}.`],
    ['--json', 'Print one JSON object: {runId, bucket, ok, forms, leftovers}.'],
  ],
  options: flagSet({ timeout: countFlag.default(defaultTimeoutSeconds), json: switchFlag }),
  examples: ['rearview live-test', 'rearview live-test --target aws --stack-outputs outputs.json --timeout 300'],
  handlesInterrupt: true,
  async run(context, { options, globals }) {
    const site = await openLiveTestSite(globals);
    const progress = createLiveTestProgress(context);
    try {
      const runId = newRunId();
      const uploads = await chooseUploads(site, runId);
      if (context.signal.aborted) return exitCodes.interrupted;
      const { forms, leftovers } = await testAndCleanUp({ context, site, runId, uploads, progress, ...options });
      progress.stop();
      if (context.signal.aborted) return exitCodes.interrupted;
      const ok = forms.every(hasArrived) && leftovers.length === 0;
      await printLiveTest(context, { runId, bucket: site.target.corpus.bucket, ok, forms, leftovers }, options);
      return ok ? exitCodes.ok : exitCodes.problems;
    } finally {
      progress.stop();
      await site.target.close();
    }
  },
});

interface LiveTestRun {
  readonly context: CliContext;
  readonly site: LiveTestSite;
  readonly runId: string;
  readonly uploads: readonly TestUpload[];
  readonly progress: LiveTestProgress;
  /** Seconds. */
  readonly timeout: number;
}

async function chooseUploads({ target }: LiveTestSite, runId: string): Promise<readonly TestUpload[]> {
  const pool = createScanPool({ workers: 1 });
  try {
    const { library, unpack } = target;
    const forms = [...eicarForms(), ...packedEicarForms()];
    return await chooseTestRules({ library, pool, unpack }, forms, ({ filename }) => {
      return `rearview-live-test/${runId}/${filename}`;
    });
  } finally {
    await pool.close();
  }
}

/** Runs the test. Afterwards it deletes the objects that it created, or names those that remain. */
async function testAndCleanUp({ context, site, runId, uploads, progress, timeout }: LiveTestRun) {
  const { target, remover, pollMs } = site;
  const { corpus: store, state } = target;
  const leftovers: Leftover[] = [];
  let watch: AlertWatch | undefined;
  try {
    watch = await site.openWatch(runId);
    const parts = { store, matches: state.matches, watch, pollMs, now: () => performance.now() };
    const until = AbortSignal.any([context.signal, AbortSignal.timeout(timeout * 1000)]);
    const tested = await runLiveTest({ ...parts, onProgress: progress.forms }, uploads, until);
    // Before they are removed: what is scanned too late is found to be gone.
    const forms = await pMap(tested, async (form) => ({ ...form, detail: await explainForm(state.records, form) }));
    return { forms, leftovers };
  } finally {
    if (context.signal.aborted) progress.line('Interrupted: cleaning up. Ctrl-C again stops that.');
    leftovers.push(...(await removeUploads(remover, uploads)), ...((await watch?.close()) ?? []));
    for (const { name, reason } of leftovers) {
      progress.line(`Cannot remove, remove it yourself: ${safeText(name)} (${safeText(reason)})`);
    }
  }
}

/** Readable, sortable by time, unique; letters, digits and hyphens. */
function newRunId(): string {
  const at = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${at}-${randomBytes(3).toString('hex')}`;
}
