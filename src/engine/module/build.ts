/**
 * The install script (`postinstall` in package.json). It tunes the engine package's module once, so
 * that no process has to. Without it, everything works, and each start is 20 ms slower.
 */
import { createRemedies, remedyNames } from '../remedies.ts';
import { writeCachedBuild } from './build-cache.ts';
import { engineInfo, readPackageModule, tuneModule } from './engine-module.ts';

const remedies = createRemedies((remedy, why) => console.warn(`Off: ${remedyNames[remedy]}, because ${why}.`));
const { version } = engineInfo();
const tuned = tuneModule(readPackageModule(), remedies);
if (remedies.reasons.size > 0)
  console.warn(`@virustotal/yara-x ${version} is used unchanged; scans are correct but slow.`);
else console.log(`Tuned @virustotal/yara-x ${version}: ${writeCachedBuild(tuned, version)}`);
