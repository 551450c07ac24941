const folders = ['src', 'infra', 'bench', 'tools'];

/** What all tests have in common. */
export const common = {
  extensions: ['ts'],
  require: ['./src/testing/local/own-known-keys.ts', './src/testing/local/lean-process.ts'],
  nodeArguments: ['--disable-warning=ExperimentalWarning'],
  environmentVariables: { NODE_COMPILE_CACHE: 'node_modules/.cache/rearview/compiled-tests' },
  timeout: '5m',
  concurrency: 2,
  workerThreads: false,
};

/** The files of tests whose names end with one of these. */
export const filesOf = (end) => folders.map((folder) => `${folder}/**/*${end}`);

/**
 * `npx ava <file>`: tests of logic, each file in a process of its own. Whole processes, emulators of
 * AWS and long searches are in the system tests.
 */
export default { ...common, files: [...filesOf('.test.ts'), ...filesOf('.system.test.ts').map((each) => `!${each}`)] };
