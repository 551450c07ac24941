import path from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { defineCommand } from '../define-command.ts';
import { excludeFlag } from '../flags/exclude-flag.ts';
import { flagSet, textFlag } from '../flags/flag.ts';
import { countFlag, onFlag, switchFlag, textsFlag } from '../flags/flags.ts';
import { sizeLimitFlags, sizeLimitOf, sizeLimitOptions } from '../flags/size-limit.ts';
import { unpackFlag, unpackOf } from '../flags/unpack-flag.ts';
import { runUp } from '../up/up.ts';

/** `up`. */
export const up = defineCommand({
  description:
    'Run the whole pipeline on this machine.\n\nChecks, tests and publishes the rules, scans the corpus, and keeps running. Then files in the inbox are scanned as they arrive. A saved rule is tested and published, and the corpus is scanned with it.\nCtrl-C ends it; the next run resumes where it stopped. Ends with 1 if the rules do not compile or fail their tests at the start.',
  flags: [
    [
      '--corpus <dir...>',
      'Folder whose files are scanned in place. May be repeated. Default: as last time; at first, a small sample.',
    ],
    ['--inbox <dir>', 'Folder to watch for files. Default: inbox in the state folder.'],
    [
      '--webhook <url>',
      'Where to POST alerts, in addition to alerts.jsonl in the state folder; none: nowhere. Default: as last time.',
    ],
    ['--once', 'Publish, scan the corpus and the waiting uploads, and end.'],
    ['--jobs <n>', 'Workers for retro scans; uploads have their own worker. Default: one per core.'],
    excludeFlag,
    ...sizeLimitFlags,
    unpackFlag,
    ['--timeout <ms>', 'Time limit for the scan of one file, in milliseconds. Default: 30000.'],
  ],
  options: flagSet({
    corpus: textsFlag,
    inbox: textFlag.optional(),
    webhook: textFlag
      .check(
        (text) => text === 'none' || /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
        () => 'Use an http or https URL, or none.',
      )
      .optional(),
    once: switchFlag,
    jobs: countFlag.optional(),
    ...sizeLimitOptions.shape,
    unpack: onFlag,
    timeout: countFlag.optional(),
    exclude: textsFlag,
  }),
  examples: ['rearview up', 'rearview up --corpus /usr/bin --once'],
  handlesInterrupt: true,
  run: async (context, { options, globals }) => {
    const { corpus, inbox, webhook, once, jobs, timeout } = options;
    if (globals.target !== 'local') {
      throw new RearviewError(
        'ERR_USAGE',
        '"rearview up" runs only on this machine; in AWS, functions run the pipeline.',
      );
    }
    return runUp(context, {
      ...globals,
      cwd: context.cwd,
      ...sizeLimitOf(options),
      unpack: await unpackOf(context, options.unpack),
      corpus: corpus.map((dir) => path.resolve(context.cwd, dir)),
      once,
      exclude: options.exclude,
      ...(inbox === undefined ? {} : { inbox: path.resolve(context.cwd, inbox) }),
      ...(webhook === undefined ? {} : { webhook: webhook === 'none' ? null : webhook }),
      ...(jobs === undefined ? {} : { jobs }),
      ...(timeout === undefined ? {} : { deadlineMs: timeout }),
    });
  },
});
