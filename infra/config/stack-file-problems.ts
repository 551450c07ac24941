import { config as awsProvider } from '@pulumi/aws';
import { parse } from 'yaml';

/**
 * Keys that Pulumi reads at the top of `Pulumi.<stack>.yaml`. It ignores all others without a word.
 * https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
 */
const topLevelKeys: ReadonlySet<string> = new Set([
  'config',
  'environment',
  'secretsprovider',
  'encryptedkey',
  'encryptionsalt',
]);

/** Finds settings in the text of a stack's file that Pulumi ignores, since they are outside of `config:`. */
export function stackFileProblems(yaml: string): readonly string[] {
  const file: unknown = parse(yaml);
  if (typeof file !== 'object' || file === null) return [];
  return Object.keys(file)
    .filter((key) => !topLevelKeys.has(key))
    .map((key) => `${key} is outside of config: and has no effect: move it below config:, indented`);
}

/**
 * Finds keys that neither this program nor the AWS provider reads.
 *
 * @param keys with their namespaces, as Pulumi passes them to the program
 */
export function namespaceProblems(keys: readonly string[]): readonly string[] {
  return keys.flatMap((full) => {
    const [, namespace = '', key = ''] = /^([^:]*):(.*)$/s.exec(full) ?? [];
    // Settings of Pulumi itself, such as pulumi:tags.
    if (namespace === 'rearview' || namespace === 'pulumi') return [];
    if (namespace === 'aws') return Object.hasOwn(awsProvider, key) ? [] : [`${full} is not a setting of the provider`];
    return [`${full} has an unknown namespace: use rearview: or aws:`];
  });
}
