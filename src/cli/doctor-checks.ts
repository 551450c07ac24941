import { access, constants, statfs } from 'node:fs/promises';
import path from 'node:path';
import { prepareRules } from '../app/prepare-rules.ts';
import { activeRetros } from '../app/retro-scans.ts';
import { messageOf } from '../domain/errors.ts';
import { externalsOf } from '../domain/externals.ts';
import { buildImage } from '../engine/build-image.ts';
import { engineInfo } from '../engine/module/engine-module.ts';
import { remedyNames } from '../engine/remedies.ts';
import { createScanPool } from '../engine/scan-pool.ts';
import { engineModule, engineRemedies } from '../engine/yara.ts';
import type { Home } from '../homes/home.ts';
import type { LocalHome } from '../homes/local-home.ts';
import { formatBytes, formatDuration, plural } from './output.ts';

export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What is, and where it is not as it should be, the way out. */
  readonly detail: string;
}

const leastNodeMajor = 24;
const lowDiskBytes = 1024 ** 3;
const fullDiskBytes = 100 * 1024 ** 2;
/** Work older than this while a process runs the pipeline does not get on. */
const stuckMs = 10 * 60_000;

/** @param version as in `process.version` */
export function checkNode(version: string): Finding {
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  return major >= leastNodeMajor
    ? { check: 'node', status: 'ok', detail: version }
    : {
        check: 'node',
        status: 'fail',
        detail: `${version} is too old: use ${leastNodeMajor} or newer, or run through npm.`,
      };
}

/** Makes an image of a rule and scans with it in a worker. Warns where the engine package cannot be tuned. */
export async function checkEngine(): Promise<Finding> {
  const { name, version } = engineInfo();
  const broken = (why: string): Finding => ({
    check: 'engine',
    status: 'fail',
    detail: `${name} ${version}: ${why} Install anew with npm ci.`,
  });
  const pool = createScanPool({ workers: 1 });
  try {
    const source = 'rule doctor { strings: $a = "rearview doctor" condition: $a }';
    const sources = [{ namespace: 'doctor.yar', source }];
    const ruleset = { id: 'doctor', sources, image: await buildImage(sources) };
    const bytes = new TextEncoder().encode('this is rearview doctor');
    const report = await pool.scan({ ruleset, bytes, externals: externalsOf('doctor') });
    if (report.status === 'failed') return broken(report.detail);
    if (report.matches.length !== 1) return broken('It does not find what it should.');
  } catch (error) {
    return broken(messageOf(error));
  } finally {
    await pool.close();
  }
  const off = [...engineRemedies().reasons].map(([remedy, why]) => `${remedyNames[remedy]} (${why})`);
  const module = `module ${engineModule().sha256.slice(0, 12)}`;
  return off.length === 0
    ? { check: 'engine', status: 'ok', detail: `${name} ${version} compiles and scans, tuned; ${module}` }
    : {
        check: 'engine',
        status: 'warn',
        detail: `${name} ${version} scans right and slowly; ${module}. Off: ${off.join('; ')}`,
      };
}

/** House rules and engine; the tests are left to `rules test`. */
export async function checkRules(rulesDir: string): Promise<Finding> {
  const check = 'rules';
  try {
    const { ruleset, diagnostics } = await prepareRules({ rulesDir });
    if (ruleset === null) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
      return {
        check,
        status: 'fail',
        detail: `${plural(errors, 'error')} below ${rulesDir}: see "rearview rules check".`,
      };
    }
    if (ruleset.rules.length === 0) return { check, status: 'warn', detail: `no rules below ${rulesDir}` };
    return { check, status: 'ok', detail: `${plural(ruleset.rules.length, 'rule')} below ${rulesDir} compile` };
  } catch (error) {
    return { check, status: 'fail', detail: messageOf(error) };
  }
}

/** Room on the disk of the state folder, or of the nearest folder above it that exists. */
export async function checkDisk(stateDir: string): Promise<Finding> {
  const check = 'disk';
  for (let dir = stateDir; ; dir = path.dirname(dir)) {
    try {
      await access(dir, constants.W_OK);
      const { bavail, bsize } = await statfs(dir);
      const free = bavail * bsize;
      const detail = `${formatBytes(free)} free at ${dir}`;
      if (free < fullDiskBytes)
        return { check, status: 'fail', detail: `${detail}: make room, or move the state with --state.` };
      if (free < lowDiskBytes)
        return { check, status: 'warn', detail: `${detail}: uploads are copied there; make room.` };
      return { check, status: 'ok', detail };
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isMissing || dir === path.dirname(dir)) {
        return {
          check,
          status: 'fail',
          detail: `${dir} cannot be written to: ${messageOf(error)}. Name another folder with --state.`,
        };
      }
    }
  }
}

/** Reads the database over, and writes to it. */
export function checkState({ state }: LocalHome, stateDir: string): Finding {
  const check = 'state';
  try {
    const problems = state.db
      .prepare('PRAGMA quick_check')
      .all()
      .map((row) => String(row['quick_check']));
    if (problems.join() !== 'ok') {
      return {
        check,
        status: 'fail',
        detail: `The database in ${stateDir} is damaged (${problems[0]}): move the folder away and run "rearview up".`,
      };
    }
    state.db.exec('BEGIN IMMEDIATE; ROLLBACK');
    return { check, status: 'ok', detail: `${stateDir} is writable and its database whole` };
  } catch (error) {
    return { check, status: 'fail', detail: `${stateDir}: ${messageOf(error)}` };
  }
}

/** Dead letters, and work that does not get on. */
export async function checkQueues(home: Home): Promise<readonly Finding[]> {
  const running = home.isPipelineRunning();
  const { live, retro } = home.state.queues;
  return Promise.all(
    [live, retro].map(async (queue): Promise<Finding> => {
      const { visible, inFlight, deadLetters, oldestMs } = await queue.stats();
      const check = `queue ${queue.name}`;
      const waiting = `${plural(visible + inFlight, 'message')} waiting`;
      if (deadLetters > 0) {
        const detail = `${waiting}, ${plural(deadLetters, 'dead letter')}: see "rearview queue status --dead-letters", then "rearview queue redrive".`;
        return { check, status: 'warn', detail };
      }
      if (visible + inFlight > 0 && !running) {
        return { check, status: 'warn', detail: `${waiting} and no process runs the pipeline: run "rearview up".` };
      }
      if (oldestMs !== null && oldestMs > stuckMs) {
        return {
          check,
          status: 'warn',
          detail: `${waiting}, the oldest for ${formatDuration(oldestMs)}: the pipeline does not keep up.`,
        };
      }
      return { check, status: 'ok', detail: waiting };
    }),
  );
}

/** Retro scans that nobody carries out. */
export async function checkScans(home: Home): Promise<Finding> {
  const check = 'scans';
  const active = await activeRetros(home.state.scans);
  const paused = active.filter(({ state }) => state === 'paused').map(({ id }) => id);
  const running = active.filter(({ state }) => state === 'running').map(({ id }) => id);
  if (running.length > 0 && !home.isPipelineRunning()) {
    return {
      check,
      status: 'warn',
      detail: `${running.join(', ')} has not ended and no process runs the pipeline: run "rearview up".`,
    };
  }
  if (paused.length > 0)
    return { check, status: 'warn', detail: `${paused.join(', ')} is paused: "rearview retro resume" goes on.` };
  return {
    check,
    status: 'ok',
    detail: running.length === 0 ? 'none under way' : `${plural(running.length, 'scan')} under way`,
  };
}
