import { readWorkflow, type Workflow, workflowText } from './read-workflow.ts';

const inAws = '--target aws --stack-outputs outputs.json';

/**
 * A workflow of this repository whose commands use a target on this machine instead of the one in
 * AWS. The rest of its lines is unchanged.
 * @param name `rules` for `rules.yml`
 * @param stateDir absolute, without white space
 */
export function onThisMachine(name: string, stateDir: string): Workflow {
  return readWorkflow(workflowText(`${name}.yml`).replaceAll(inAws, `--state ${stateDir}`));
}
