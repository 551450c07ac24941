import { messageOf } from '../../domain/errors.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { buildImage } from '../../engine/build-image.ts';
import { engineInfo, engineSha256 } from '../../engine/module/engine-module.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { CheckResult } from './check-result.ts';

/** Makes an image of a rule and scans with it in a worker. */
export async function checkEngine(): Promise<CheckResult> {
  const { name, version } = engineInfo();
  const broken = (why: string): CheckResult => ({
    check: 'engine',
    status: 'fail',
    detail: `${name} ${version}: ${why} Check out the folder engine again.`,
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
  const module = `module ${engineSha256().slice(0, 12)}`;
  return { check: 'engine', status: 'ok', detail: `${name} ${version} compiles and scans; ${module}` };
}
