import "pe"
import "math"
import "hash"

private rule Is_PE {
  condition:
    uint16(0) == 0x5a4d and uint32(uint32(0x3c)) == 0x00004550
}

rule Executable_PE_Known_Packer_Section {
  meta:
    description = "A program with a section named as a packer or protector names it"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
    severity = "low"
  condition:
    Is_PE and filesize < 50MB and
    for any section in pe.sections : (
      section.name matches /^(UPX[0-2]|\.aspack|\.adata|\.MPRESS[12]|\.themida|\.vmp[0-2]|\.petite|PEC2|\.nsp[0-2]|\.enigma[12]|\.winlice|FSG!)/
    )
}

rule Executable_PE_High_Entropy_Code {
  meta:
    description = "A program whose entry point is in a section that may be written to and looks random: code that unpacks itself"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
    severity = "medium"
  condition:
    Is_PE and filesize < 20MB and
    for any section in pe.sections : (
      section.raw_data_size > 0x400 and
      section.characteristics & pe.SECTION_MEM_EXECUTE != 0 and
      section.characteristics & pe.SECTION_MEM_WRITE != 0 and
      pe.entry_point_raw >= section.raw_data_offset and
      pe.entry_point_raw < section.raw_data_offset + section.raw_data_size and
      math.entropy(section.raw_data_offset, section.raw_data_size) > 7.2
    )
}

rule Executable_PE_Injection_Imports {
  meta:
    description = "A small program that imports what it takes to run code in another process, and little else"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1055/002/"
    severity = "medium"
  condition:
    Is_PE and filesize < 2MB and pe.number_of_imported_functions < 60 and
    pe.imports("kernel32.dll", "VirtualAllocEx") and
    pe.imports("kernel32.dll", "WriteProcessMemory") and
    (
      pe.imports("kernel32.dll", "CreateRemoteThread") or
      pe.imports("kernel32.dll", "QueueUserAPC") or
      pe.imports("kernel32.dll", "SetThreadContext")
    )
}

rule Executable_PE_Double_Extension {
  meta:
    description = "A program under a name that makes it look like a document or a picture"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1036/007/"
    severity = "high"
  condition:
    Is_PE and
    filename matches /\.(pdf|docx?|xlsx?|pptx?|txt|rtf|jpe?g|png|gif|mp[34]|csv|html?)[ _.]{0,80}\.(exe|scr|com|pif|cpl|dll)$/i
}

rule Executable_PE_Right_To_Left_Name {
  meta:
    description = "A program under a name with a mark that turns the direction of the text, to hide the extension"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1036/002/"
    severity = "high"
  condition:
    Is_PE and (filename contains "\xe2\x80\xae" or filename contains "\xe2\x80\xad" or filename contains "\xe2\x81\xa7")
}

rule Executable_PE_In_Overlay {
  meta:
    description = "A small program with another program appended behind its own end, disguised by a one-byte XOR"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/009/"
    severity = "medium"
  strings:
    $stub = "This program cannot be run in DOS mode" xor(1-255)
  condition:
    Is_PE and filesize < 10MB and pe.overlay.size > 0x100 and
    $stub in (pe.overlay.offset..filesize)
}

rule Executable_Known_Test_Sample {
  meta:
    description = "The harmless sample of this project, known by its hash: shows that lookups by hash work"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://virustotal.github.io/yara-x/docs/modules/hash/"
    severity = "low"
  condition:
    filesize == 31 and hash.sha256(0, filesize) == "075ea1a99de38fe665b9e4bb9a004338a10565043a7ef763b60a276b0e98f6ae"
}
