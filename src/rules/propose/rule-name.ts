import { RearviewError } from '../../domain/errors.ts';

/** The place of a new rule. */
export interface NewRuleName {
  /** Path of the rule file below the rules folder, with `/`. */
  readonly namespace: string;
  readonly rule: string;
}

const segment = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
const extension = /\.yara?$/i;

/**
 * Reads the name of a new rule: `folder/file`, with or without `.yar`, also with the rule
 * (`folder/file.yar:Rule_Name`), or only `Rule_Name`. The missing part follows from the other.
 * @throws RearviewError `ERR_USAGE`
 */
export function readRuleName(name: string): NewRuleName {
  const [path = '', given, ...more] = name.split(':');
  const segments = path.split('/');
  const problem =
    more.length > 0 || given === ''
      ? 'use folder/file.yar:Rule_Name'
      : !segments.every((each) => segment.test(each))
        ? 'use letters, digits, _, - and . in the names of folders and file, and begin with a letter, digit or _'
        : segments.length > 1 && segments[0]?.toLowerCase() === 'vendor'
          ? 'vendor/ is for the rules of other repositories, which rules sync writes'
          : null;
  if (problem !== null) throw new RearviewError('ERR_USAGE', `Invalid name ${JSON.stringify(name)}: ${problem}.`);
  const isFile = segments.length > 1 || given !== undefined || extension.test(path);
  const rule = given ?? ruleFor(path.replace(extension, ''));
  if (!/^[A-Za-z_]\w{0,127}$/.test(rule)) {
    const way = 'use letters, digits and _ in the name of a rule, and begin with a letter or _';
    throw new RearviewError('ERR_USAGE', `Invalid name ${JSON.stringify(name)}: ${way}.`);
  }
  const file = isFile ? path : path.toLowerCase();
  return { namespace: extension.test(file) ? file : `${file}.yar`, rule };
}

/** `ransomware/lock-bit` becomes `Ransomware_Lock_Bit`. */
function ruleFor(path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('_');
  return /^\d/.test(name) ? `Rule_${name}` : name;
}
