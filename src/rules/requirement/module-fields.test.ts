import test from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { compile } from '../../engine/compile.ts';
import { parseSource } from '../syntax/parse.ts';
import { mayMatch } from './evaluate.ts';
import { factsOf } from './facts-of.ts';
import { createRequirementReader } from './read-requirement.ts';

/** Fields whose use is read as a demand for a file of the format. */
const fields: Readonly<Record<string, readonly string[]>> = {
  pe: [
    ...[
      'machine',
      'number_of_sections',
      'timestamp',
      'pointer_to_symbol_table',
      'number_of_symbols',
      'characteristics',
    ],
    ...['size_of_optional_header', 'opthdr_magic', 'subsystem', 'size_of_code', 'size_of_initialized_data'],
    ...['entry_point', 'entry_point_raw', 'base_of_code', 'base_of_data', 'image_base', 'section_alignment'],
    ...['file_alignment', 'win32_version_value', 'size_of_image', 'size_of_headers', 'checksum', 'dll_characteristics'],
    ...['size_of_stack_reserve', 'size_of_heap_commit', 'loader_flags', 'number_of_rva_and_sizes', 'dll_name'],
    ...['linker_version.major', 'os_version.minor', 'image_version.major', 'subsystem_version.minor', 'pdb_path'],
    ...['export_timestamp', 'number_of_exports', 'number_of_imports', 'number_of_imported_functions'],
    ...['number_of_delayed_imports', 'number_of_delayed_imported_functions', 'resource_timestamp'],
    ...['resource_version.major', 'number_of_resources', 'number_of_version_infos', 'number_of_signatures'],
    ...['rich_signature.offset', 'rich_signature.length', 'rich_signature.key', 'sections[0].name', 'resources[0].id'],
    ...[
      'data_directories[0].size',
      'version_info["CompanyName"]',
      'version_info_list[0].key',
      'import_details[0].library_name',
    ],
    ...['export_details[0].name', 'signatures[0].serial', 'overlay.size', 'overlay.offset'],
  ],
  elf: [
    ...['type', 'machine', 'entry_point', 'sh_offset', 'ph_offset', 'number_of_sections', 'number_of_segments'],
    ...['sections[0].name', 'segments[0].flags', 'dynsym_entries', 'symtab_entries', 'dynamic_section_entries'],
    ...['symtab[0].name', 'dynamic[0].val'],
  ],
  dotnet: [
    ...[
      'module_name',
      'version',
      'number_of_streams',
      'number_of_guids',
      'number_of_resources',
      'number_of_generic_parameters',
    ],
    ...['number_of_classes', 'number_of_assembly_refs', 'number_of_modulerefs', 'number_of_user_strings'],
    ...['number_of_constants', 'number_of_field_offsets', 'assembly.name', 'typelib', 'streams[0].name', 'guids[0]'],
  ],
};
const contents = [
  '',
  'text',
  'ZM\0\0'.padEnd(500, '\0'),
  ` MZ${'\0'.repeat(200)}PE\0\0`,
  '\x7fELE\x02\x01\x01'.padEnd(500, '\0'),
  'BSJB'.repeat(100),
].map((each) => Buffer.from(each, 'latin1'));

for (const [module, names] of Object.entries(fields)) {
  test(`no field of ${module} has a value in a file that does not begin as the format does`, (t) => {
    const source = names.map((name, index) => `rule r${index} { condition: defined ${module}.${name} }`).join('\n');
    using rules = compile([{ namespace: 'a', source: `import "${module}"\n${source}` }]);
    for (const content of contents) t.deepEqual(rules.scan(content, externalsOf('')), []);
  });

  test(`a field of ${module} is read as a demand for the format, and a function, a flag or a constant is not`, (t) => {
    const isExcluded = (condition: string): boolean => {
      const { rules } = parseSource(`import "${module}" rule r { condition: ${condition} }`);
      const requirement = createRequirementReader(rules)('r');
      return !mayMatch(requirement, { facts: factsOf(Buffer.from('text')), hasGram: () => false });
    };
    for (const name of names) {
      t.true(isExcluded(`${module}.${name} == ${module}.${name}`), name);
      t.false(isExcluded(`not ${module}.${name} == 1`), name);
      t.false(isExcluded(`defined ${module}.${name} or ${module}.UPPER_CASE == 2`), name);
    }
    t.false(isExcluded(`${module}.function(1) == 0`));
    t.false(isExcluded(`${module}.is_pe == false`));
    t.false(isExcluded(`for any ${module} in (1, 2) : ( ${module}.field == 0 )`));
  });
}
