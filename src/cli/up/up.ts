import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineEvent } from '../../app/pipeline/events.ts';
import { publish } from '../../app/rulesets/make-active.ts';
import { beginRetro } from '../../app/scans/begin-retro.ts';
import { getScan } from '../../app/scans/retro-scans.ts';
import { hasEnded, pollMsOf, waitForScan } from '../../app/scans/wait-for-scan.ts';
import { hasCode, messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import { formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import type { BaseShelf } from '../../engine/base-image.ts';
import type { Undelivered } from '../../ports/delivery-log.ts';
import type { LocalTarget } from '../../targets/local/local-target.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { declaredVariables } from '../flags/declared-variables.ts';
import { excludesOf } from '../flags/exclude-flag.ts';
import { defaultConfigFile } from '../flags/review-config.ts';
import { createDeliveryNotes, undeliveredLine } from '../output/delivery-notes.ts';
import { baselineNotes, groupedNote } from '../output/diagnostics.ts';
import { groupDiagnostics } from '../output/group-diagnostics.ts';
import { leftOutLine, noRules } from '../output/left-out-lines.ts';
import { formatDuration, plural } from '../output/output.ts';
import { printedTextLines } from '../output/printed-text-lines.ts';
import { createProgress, type Progress } from '../output/progress.ts';
import { stagedNotNotedText, stateText } from '../output/published-lines.ts';
import { completeUserImage } from '../wiring/complete-user-image.ts';
import { journalOf, openUpTarget } from '../wiring/open-up.ts';
import { prepareWithCache } from '../wiring/prepare-with-cache.ts';
import { createSay, endLine, planLine, printEvent, type Say } from './up-lines.ts';
import { useCorpus, useWebhook } from './up-settings.ts';
import { type FileWatch, watchFiles } from './watch-files.ts';
import { watchInbox } from './watch-inbox.ts';
import { watchRuleset } from './watch-ruleset.ts';

const pollMs = 100;

export interface UpOptions extends ScanLimits {
  readonly stateDir: string;
  /** The folder with `rearview.yaml`. */
  readonly cwd: string;
  readonly rulesDir: string;
  readonly testsDir: string;
  /** Folders to register in place; empty: those of the last run, or the sample corpus. */
  readonly corpus: readonly string[];
  /** Default: `inbox` in the state folder. */
  readonly inbox?: string;
  /** URL that alerts are sent to; null: none. Default: as last time. */
  readonly webhook?: string | null;
  /**
   * Patterns of paths to exclude from scans of the corpus, in addition to `rearview.yaml`. Default:
   * none.
   */
  readonly exclude: readonly string[];
  readonly once: boolean;
  readonly jobs?: number;
  readonly deadlineMs?: number;
}

interface Session {
  readonly context: Pick<CliContext, 'env'>;
  readonly target: LocalTarget;
  /** Images for its workers. */
  readonly bases: BaseShelf;
  readonly options: UpOptions;
  readonly progress: Progress;
  readonly say: Say;
  /** Numbers of the rulesets that this session makes active, each known once it is; null for a publish that changes nothing or fails. */
  readonly published: Promise<number | null>[];
  /** Ends the session. */
  readonly signal: AbortSignal;
}

/** Runs the whole pipeline on this machine until `context.signal`. Returns the exit code. */
export async function runUp(context: CliContext, options: UpOptions): Promise<number> {
  const progress = createProgress(context);
  const say = createSay(progress.line);
  const noteDelivery = createDeliveryNotes((text) => say('alerts', text));
  const observe = (event: PipelineEvent) => {
    progress.observe(event);
    noteDelivery(event);
    printEvent(event, say);
  };
  const target = await openUpTarget(context, { ...options, observe }, progress.result);
  try {
    // Taken before anything is written: a second process on this state folder changes nothing.
    const pipeline = await target.startPipeline();
    const { bases } = pipeline;
    const session: Session = { context, target, bases, options, progress, say, published: [], signal: context.signal };
    let code: number;
    let undelivered: readonly Undelivered[] = [];
    try {
      code = await run(session);
    } finally {
      undelivered = await pipeline.stop();
      for (const each of undelivered) say('alerts', undeliveredLine(each));
    }
    return options.once && code === exitCodes.ok && undelivered.length > 0 ? exitCodes.problems : code;
  } finally {
    progress.stop();
    await target.close();
  }
}

async function run(session: Session): Promise<number> {
  const { target, options, signal } = session;
  // Before the rules are read: what is saved from here on is a change.
  const watch = await watchFiles([options.rulesDir, options.testsDir, join(options.cwd, defaultConfigFile)]);
  const ruleset = await prepare(session);
  if (ruleset === null) return exitCodes.problems;
  await useCorpus(session);
  await useWebhook(session);
  if (!options.once) {
    await stay(session, ruleset, watch);
    return exitCodes.ok;
  }
  await publishAndScan(session, ruleset, signal);
  await drain(target, signal);
  return signal.aborted ? exitCodes.interrupted : exitCodes.ok;
}

/** Processes uploads and saved rules until the signal. */
async function stay(session: Session, first: Ruleset, watch: FileWatch): Promise<void> {
  const { target, options, say, signal } = session;
  const inbox = resolve(options.inbox ?? join(options.stateDir, 'inbox'));
  const observe = (event: PipelineEvent) => printEvent(event, say);
  const { corpus: store } = target.state.stores;
  const journal = journalOf(target);
  const watchingInbox = watchInbox({ dir: inbox, store, journal, signal, observe });
  const isOwn = async (sequence: number) => (await Promise.all(session.published)).includes(sequence);
  const watchingRuleset = watchRuleset({ library: target.library, isOwn, say, signal });

  let waiting = new AbortController();
  const apply = async (ruleset: Ruleset) => {
    const until = AbortSignal.any([signal, waiting.signal]);
    try {
      await publishAndScan(session, ruleset, until);
      // Last: alerts and the result of the scan do not wait for it.
      if (!ruleset.image) await completeUserImage(session.context, target, ruleset, { ...options, signal: until });
    } catch (error) {
      if (!until.aborted) say('problem', messageOf(error));
    }
  };
  let scanning = apply(first).then(() => {
    if (!signal.aborted) say('ready', `put files into ${inbox}, or save a rule below ${options.rulesDir}; Ctrl-C ends`);
  });
  for await (const _ of watch.changes(signal)) {
    const ruleset = await prepare(session).catch((error: unknown) => {
      say('rules', messageOf(error));
      return null;
    });
    if (ruleset === null) {
      say('ruleset', 'the active ruleset stays');
      continue;
    }
    // The next scan includes the remaining work of the running one.
    waiting.abort();
    await scanning;
    waiting = new AbortController();
    scanning = apply(ruleset);
  }
  await Promise.all([watchingInbox, watchingRuleset, scanning]);
}

/**
 * Checks, tests and builds the rules; null if they cannot be published; the reasons are printed.
 */
async function prepare({ context, bases, options, progress, say }: Session): Promise<Ruleset | null> {
  const started = performance.now();
  let variables: readonly VariableDeclaration[];
  try {
    variables = await declaredVariables(options);
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFIG')) throw error;
    say('error', error.message);
    return null;
  }
  const { ruleset, base, diagnostics, leftOut, baseline, tests } = await prepareWithCache(context, {
    ...options,
    variables,
    image: 'keep',
    onPrinted: (test, printed) => printedTextLines(test, printed).forEach((line) => void progress.line(line)),
  });
  if (base !== undefined) bases.add('', () => base);
  const { shown, omitted } = groupDiagnostics(diagnostics);
  for (const diagnostic of shown)
    say(diagnostic.severity === 'error' ? 'error' : 'warning', formatDiagnostic(diagnostic));
  if (omitted > 0) say('note', groupedNote);
  for (const note of baselineNotes(options, options, baseline)) say('note', note);
  const summary = leftOutLine(leftOut);
  if (summary !== null) say('vendor', summary);
  const took = formatDuration(performance.now() - started);
  if (ruleset === null) say('rules', `not published: fix the errors above (${took})`);
  else if (ruleset.rules.length === 0 && leftOut.length > 0) {
    // Publishing it would end all detection because of rules that others have broken.
    say('rules', `not published: ${noRules(options.rulesDir, leftOut)}`);
    return null;
  } else {
    const tested = tests === undefined ? '' : `, ${plural(tests.passed, 'test')} passed`;
    say(
      'rules',
      `${plural(ruleset.rules.length, 'rule')} in ${plural(ruleset.sources.length, 'file')}${tested} (${took})`,
    );
  }
  return ruleset;
}

/**
 * Publishes the ruleset and scans the corpus with its new rules. Resolves when the scan has
 * finished, or on the signal.
 */
async function publishAndScan(
  { target, options, progress, say, published }: Session,
  ruleset: Ruleset,
  signal: AbortSignal,
): Promise<void> {
  const publishing = publish(target, ruleset, { now: Date.now });
  published.push(
    publishing.then(
      ({ state, current }) => (state === 'published' ? current.sequence : null),
      () => null,
    ),
  );
  const { state, current, before, stagedNotNoted } = await publishing;
  if (stagedNotNoted !== null) say('problem', stagedNotNotedText(stagedNotNoted));
  say('ruleset', `${ruleset.id.slice(0, 12)} ${stateText({ state, current, before })}, number ${current.sequence}`);
  const exclude = await excludesOf(options, options.exclude);
  const filter = exclude.length === 0 ? {} : { exclude };
  const { scan, superseded, plan } = await beginRetro(target, { filter, full: false, plan: true, current });
  for (const { id } of superseded) say('retro', `${id} cancelled: ${scan.id} takes over its remaining work`);
  if (plan !== null) say('retro', `${scan.id}: ${planLine(plan, ruleset)}`);
  const end = await waitForScan(() => getScan(target.state.scans, scan.id), hasEnded, {
    ...{ signal, pollMs: pollMsOf(target) },
    onLook: progress.scan,
  });
  if (hasEnded(end)) say('retro', endLine(end));
}

/** Waits until uploads that were queued before have their outcomes. */
async function drain(target: LocalTarget, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { visible, inFlight } = await target.state.queues.live.stats();
    if (visible + inFlight === 0) return;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
