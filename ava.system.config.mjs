import { common, filesOf } from './ava.config.mjs';

/** `npm run test:system`: whole processes, emulators of AWS, kills, and searches that take minutes. */
export default { ...common, files: filesOf('.system.test.ts') };
