/**
 * The direction of imports (docs/decisions/0001-layout.md), from top to bottom:
 *
 *   handlers, cli
 *   targets
 *   app          adapters
 *   engine       pull-requests -> gates, rule-tests      ports
 *   index
 *   rules        unpack
 *   files
 *   domain
 */
const layer = (name, from, mayUse, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^src/${from}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: mayUse.map((folder) => `^src/${folder}/`) },
});

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Move what both files need into a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'Install the package or fix the path.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      comment: 'What ships may not import a devDependency: move it to dependencies, or the code to a test.',
      from: { path: '^src/', pathNot: '\\.(test|contract)\\.ts$|^src/testing/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-test-code-in-src',
      severity: 'error',
      comment: 'Only tests import tests, contracts and src/testing.',
      from: { path: '^src/', pathNot: '\\.(test|contract)\\.ts$|^src/testing/' },
      to: { path: '\\.(test|contract)\\.ts$|^src/testing/' },
    },
    layer('domain-is-pure', 'domain', ['domain'], 'Domain knows only itself: pass what it needs as a value.'),
    layer(
      'ports-use-domain',
      'ports',
      ['ports', 'domain'],
      'A port speaks of the domain alone: no adapter, no use case.',
    ),
    layer(
      'files-use-domain',
      'files',
      ['files', 'domain'],
      'How files are opened and read safely depends on no port and no use case: pass in what it needs.',
    ),
    layer(
      'rules-use-domain',
      'rules',
      ['rules', 'files', 'domain'],
      'The rule language needs no engine and no port: let a use case in src/app combine them.',
    ),
    layer(
      'index-uses-rules',
      'index',
      ['index', 'rules', 'domain'],
      'The index works on bytes and on what rules require: let a use case in src/app read and store its segments.',
    ),
    layer(
      'unpack-uses-domain',
      'unpack',
      ['unpack', 'domain'],
      'What opens containers works on bytes: it knows neither rules nor the engine.',
    ),
    layer(
      'engine-uses-rules',
      'engine',
      ['engine', 'index', 'unpack', 'rules', 'files', 'domain'],
      'The engine compiles rules and scans bytes: let a use case in src/app fetch them.',
    ),
    layer(
      'rule-tests-use-rules',
      'rule-tests',
      ['rule-tests', 'rules', 'files', 'domain'],
      'A test file is read and compared here: let a use case in src/app scan its samples.',
    ),
    layer(
      'gates-use-rules',
      'gates',
      ['gates', 'rules', 'files', 'domain'],
      'A gate decides on findings: let a use case in src/app find them, and pass them in.',
    ),
    layer(
      'pull-requests-use-gates',
      'pull-requests',
      ['pull-requests', 'gates', 'rule-tests', 'rules', 'domain'],
      'A comment reports findings: let a use case in src/app find them, and pass them in.',
    ),
    layer(
      'app-uses-ports',
      'app',
      ['app', 'engine', 'index', 'rule-tests', 'gates', 'pull-requests', 'rules', 'ports', 'files', 'domain'],
      'A use case takes its adapters as arguments; build them in src/cli or src/handlers.',
    ),
    layer(
      'adapters-implement-ports',
      'adapters',
      ['adapters', 'ports', 'files', 'domain'],
      'An adapter implements a port; what decides belongs in src/app.',
    ),
    layer(
      'targets-build-what-the-edge-uses',
      'targets',
      ['targets', 'adapters', 'app', 'engine', 'rules', 'ports', 'files', 'domain'],
      'A target puts adapters together; what a command or a function does with them belongs in src/cli or src/handlers.',
    ),
    {
      name: 'adapters-stand-alone',
      severity: 'error',
      comment:
        'The adapters of one target do not know those of the other; the stored form of values is in src/adapters/stored.',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/($1|stored)/' },
    },
    {
      name: 'cli-wires-adapters-in-one-place',
      severity: 'error',
      comment:
        'A command takes ports and targets: open the adapter in src/cli/wiring and pass it in. The checks of the doctor in src/cli/doctor/aws inspect AWS themselves.',
      from: { path: '^src/cli/', pathNot: '\\.test\\.ts$|^src/cli/(wiring|doctor/aws)/' },
      to: { path: '^src/adapters/|^node_modules/@octokit/' },
    },
    {
      name: 'functions-do-not-carry-github',
      severity: 'error',
      comment:
        'The pipeline does not know pull requests: pass a CodeHost, and open GitHub in src/cli/wiring. A function that starts must not load its client.',
      from: { path: '^src/', pathNot: '\\.test\\.ts$|^src/(testing|cli/wiring|adapters/github)/' },
      to: { path: '^src/adapters/github/|^node_modules/@octokit/' },
    },
    {
      name: 'infra-takes-constants-alone',
      severity: 'error',
      comment:
        'What functions and infrastructure both need to know is a constant of src without imports; list it here.',
      from: { path: '^infra/', pathNot: '\\.test\\.ts$|^infra/testing/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(domain/inside/limits|domain/objects/size-limit|domain/rulesets/severity|targets/aws/aws-settings|targets/aws/function-names|targets/aws/prices/aws-prices|adapters/aws/dynamodb/tables|handlers/telemetry/metric-names)\\.ts$',
      },
    },
    {
      name: 'nobody-imports-infra',
      severity: 'error',
      comment: 'The pipeline does not know how it was provisioned: pass it on as a setting.',
      from: { path: '^(src|bench|tools)/', pathNot: '\\.test\\.ts$|^src/testing/|^bench/bundle\\.ts$|^tools/docs/' },
      to: { path: '^infra/' },
    },
    {
      name: 'nobody-imports-tools',
      severity: 'error',
      comment: 'Tools run the program; the program does not know them.',
      from: { path: '^(src|bench|infra)/' },
      to: { path: '^tools/' },
    },
    {
      name: 'only-tests-simulate-policies',
      severity: 'error',
      comment: 'The IAM simulator is under AGPL: nothing that ships may contain it.',
      from: { pathNot: '\\.test\\.ts$|^(src|infra)/testing/' },
      to: { path: '@cloud-copilot/' },
    },
    {
      name: 'only-the-edge-reads-the-environment',
      severity: 'error',
      comment: 'Only src/handlers and src/cli may touch the process: pass the value in.',
      from: { path: '^src/(domain|ports|files|rules|rule-tests|gates|pull-requests|app)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?process$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
