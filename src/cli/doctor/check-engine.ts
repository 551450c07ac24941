import { messageOf } from '../../domain/errors.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { buildImage } from '../../engine/build-image.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { remedyNames } from '../../engine/remedies.ts';
import { engineModule, engineRemedies } from '../../engine/yara.ts';
import type { CheckResult } from './check-result.ts';

/**
 * Makes an image of a rule and scans with it in a worker. Warns where the engine package cannot be
 * tuned.
 */
export async function checkEngine(): Promise<CheckResult> {
  const { name, version } = engineInfo();
  const broken = (why: string): CheckResult => ({
    check: 'engine',
    status: 'fail',
    detail: `${name} ${version}: ${why} Install it again with npm ci.`,
  });
  const pool = createScanPool({ workers: 1 });
  try {
    const source = 'rule doctor { strings: $a = "rearview doctor" condition: $a }';
    const sources = [{ namespace: 'doctor.yar', source }];
    const ruleset = { id: 'doctor', sources, image: await buildImage(sources) };
    const bytes = new TextEncoder().encode('this is rearview doctor');
    const report = await pool.scan({ ruleset, bytes, externals: externalsOf('doctor') });
    if (report.status === 'failed') return broken(report.detail);
    if (report.matches.length !== 1) return broken('It does not match a test file.');
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
        detail: `${name} ${version} scans correctly but slowly; ${module}. Off: ${off.join('; ')}`,
      };
}
