import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTerminalAlertSink } from '../adapters/local/alerts-terminal.ts';
import { createWebhookAlertSink } from '../adapters/local/alerts-webhook.ts';
import type { PipelineEvent } from '../app/events.ts';
import { planRetro } from '../app/plan-retro.ts';
import { type PreparedRules, prepareRules } from '../app/prepare-rules.ts';
import { publishRuleset } from '../app/publish-ruleset.ts';
import { cancelSuperseded, startRetro } from '../app/retro-scans.ts';
import { formatDiagnostic } from '../domain/diagnostic.ts';
import { messageOf } from '../domain/errors.ts';
import { ruleId } from '../domain/rule.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { finalStates, type Scan } from '../domain/scan.ts';
import type { CliContext } from './context.ts';
import { type Home, openHome } from './home.ts';
import { formatBytes, formatDuration } from './output.ts';
import { createProgress } from './progress.ts';
import { type FileWatch, watchFiles } from './watch-files.ts';
import { watchInbox } from './watch-inbox.ts';

/** The small corpus that ships with the project. */
const sampleCorpus = fileURLToPath(new URL('../../docs/sample-corpus', import.meta.url));
const pollMs = 100;

export interface UpOptions {
  readonly stateDir: string;
  readonly rulesDir: string;
  readonly testsDir: string;
  /** Folders to register in place; empty: those of the last run, or the sample corpus. */
  readonly corpus: readonly string[];
  /** Default: `inbox` in the state folder. */
  readonly inbox?: string;
  readonly webhook?: string;
  readonly once: boolean;
  readonly jobs?: number;
  readonly maxObjectBytes?: number;
  readonly deadlineMs?: number;
}

/** Runs the whole pipeline on this machine until `context.signal`. Answers the exit code. */
export async function runUp(context: CliContext, options: UpOptions): Promise<number> {
  const progress = createProgress(context);
  const say = (label: string, text: string) => progress.line(`${label.padEnd(8)} ${text}`);
  const home = await openHome({
    ...options,
    observe: (event) => show(event, say, progress.observe),
    sinks: [
      createTerminalAlertSink({ write: (text) => progress.result(text) }),
      ...(options.webhook === undefined ? [] : [createWebhookAlertSink({ url: options.webhook })]),
    ],
  });
  try {
    // Taken before anything is written: a second process on this state folder changes nothing.
    const pipeline = home.startPipeline();
    try {
      // Before the rules are read: what is saved from here on is a change.
      const rules = await watchFiles([options.rulesDir, options.testsDir]);
      const prepared = await prepare(options, say);
      if (prepared.ruleset === null) return 1;
      await useCorpus(home, options, say);
      const first = publishAndScan(home, prepared.ruleset, context.signal, say, progress);
      if (options.once) {
        await first;
        await drain(home, context.signal);
        return 0;
      }
      await stay(home, context, options, say, progress, { rules, first });
      return 0;
    } finally {
      await pipeline.stop();
    }
  } finally {
    progress.stop();
    await home.close();
  }
}

type Say = (label: string, text: string) => void;
type Progress = ReturnType<typeof createProgress>;

async function prepare(options: UpOptions, say: Say): Promise<PreparedRules> {
  const started = performance.now();
  const prepared = await prepareRules(options);
  for (const diagnostic of prepared.diagnostics) say('rules', formatDiagnostic(diagnostic));
  const took = formatDuration(performance.now() - started);
  if (prepared.ruleset === null) say('rules', `not published: mend the errors above (${took})`);
  else
    say(
      'rules',
      `${prepared.ruleset.rules.length} rules in ${prepared.ruleset.sources.length} files compile; ${prepared.tests?.passed ?? 0} tests passed (${took})`,
    );
  return prepared;
}

async function useCorpus(home: Home, options: UpOptions, say: Say): Promise<void> {
  const before = await home.corpusRoots();
  const roots =
    options.corpus.length > 0
      ? options.corpus.map((path) => resolve(path))
      : before.length > 0
        ? before
        : [sampleCorpus];
  await home.setCorpusRoots(roots);
  say(
    'corpus',
    `${roots.join(', ')}, registered in place${options.corpus.length === 0 && before.length > 0 ? ' (as last time; --corpus changes it)' : ''}`,
  );
}

/** Publishes the ruleset, and scans over the corpus what is new in it. Resolves when the scan has ended. */
async function publishAndScan(
  home: Home,
  ruleset: Ruleset,
  signal: AbortSignal,
  say: Say,
  progress: Progress,
): Promise<void> {
  const { changed, current } = await publishRuleset(home.library, ruleset, { now: Date.now });
  say(
    'ruleset',
    `${ruleset.id.slice(0, 12)} ${changed ? 'published' : 'in force already'} (number ${current.sequence})`,
  );
  const { scans } = home.state;
  const scope = { buckets: home.buckets, filter: {}, full: false };
  const plan = await planRetro({ ...home, records: home.state.records, scans }, ruleset, scope);
  const { scan } = await startRetro(
    { scans, library: home.library, now: Date.now },
    { ...scope, expected: { objects: plan.objects, bytes: plan.bytes } },
  );
  for (const superseded of await cancelSuperseded(scans, scan, new Date().toISOString())) {
    say('retro', `${superseded.id} cancelled: this scan takes over what it had left`);
  }
  const rules =
    plan.dueRules.length === ruleset.rules.length ? `all ${plan.dueRules.length} rules` : describe(plan.dueRules);
  say(
    'retro',
    `${scan.id}: ${plan.dueObjects === 0 ? 'nothing to scan' : `${rules} over ${plan.dueObjects} of ${plan.objects} objects, ${formatBytes(plan.dueBytes)}`}`,
  );
  const ended = await waitForScan(home, scan.id, signal, progress);
  if (ended !== null) say('retro', summary(ended));
}

function describe(rules: readonly string[]): string {
  const named = rules.slice(0, 3).join(', ');
  return rules.length <= 3 ? named : `${named} and ${rules.length - 3} more rules`;
}

async function waitForScan(home: Home, scanId: string, signal: AbortSignal, progress: Progress): Promise<Scan | null> {
  for (;;) {
    const scan = await home.state.scans.get(scanId);
    if (scan === null || finalStates.includes(scan.state)) return scan;
    progress.scan(scan);
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return null;
  }
}

/** The sum of a scan's ledger, in one line. */
function summary(scan: Scan): string {
  const { counts } = scan;
  const tookMs = Date.parse(scan.finishedAt ?? scan.createdAt) - Date.parse(scan.createdAt);
  return `${scan.id} ${scan.state}: ${counts.objects} objects = ${counts.scanned} scanned + ${counts.covered} covered + ${counts.skipped} skipped + ${counts.failed} failed; ${counts.matches} matches; ${formatBytes(counts.scannedBytes)} in ${formatDuration(tookMs)}`;
}

/** Waits until uploads that were queued before have their outcomes. */
async function drain(home: Home, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { visible, inFlight } = await home.state.queues.live.stats();
    if (visible + inFlight === 0) return;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Takes what arrives and what is saved until told to end. */
async function stay(
  home: Home,
  { signal }: CliContext,
  options: UpOptions,
  say: Say,
  progress: Progress,
  { rules, first }: { readonly rules: FileWatch; readonly first: Promise<void> },
): Promise<void> {
  const inbox = resolve(options.inbox ?? join(options.stateDir, 'inbox'));
  const observe = (event: PipelineEvent) => show(event, say, progress.observe);
  const { pointers, stores } = home.state;
  const watchingInbox = watchInbox({ dir: inbox, store: stores.corpus, pointers, signal, observe });
  say('ready', `put files into ${inbox}, or save a rule below ${options.rulesDir}; Ctrl-C ends`);
  let superseded = new AbortController();
  const logged = (error: unknown) => say('problem', messageOf(error));
  let scanning = first.catch(logged);
  for await (const _ of rules.changes(signal)) {
    const prepared = await prepare(options, say);
    if (prepared.ruleset === null) {
      say('ruleset', 'the one in force stays');
      continue;
    }
    superseded.abort();
    superseded = new AbortController();
    await scanning;
    scanning = publishAndScan(
      home,
      prepared.ruleset,
      AbortSignal.any([signal, superseded.signal]),
      say,
      progress,
    ).catch(logged);
  }
  await Promise.all([watchingInbox, scanning]);
}

function show(event: PipelineEvent, say: Say, observe: (event: PipelineEvent) => void): void {
  observe(event);
  if (event.type === 'problem') say('problem', `${event.where}: ${event.message}`);
  else if (event.type === 'alert_delayed')
    say(
      'alert',
      `${event.sink} did not take ${ruleId(event.alert.rule)} (${event.alert.id}), it will be tried again: ${event.error}`,
    );
  else if (event.type === 'object' && event.entry.outcome.status === 'failed') {
    say(
      'failed',
      `${event.entry.key}: ${event.entry.outcome.reason}${event.entry.outcome.detail === undefined ? '' : ` (${event.entry.outcome.detail})`}`,
    );
  } else if (event.type === 'object' && event.kind === 'live' && event.entry.outcome.status === 'scanned') {
    const { matches } = event.entry.outcome;
    say('arrived', `${event.entry.key}: ${matches === 0 ? 'clean' : `${matches} matches`}`);
  }
}
