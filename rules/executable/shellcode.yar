rule Executable_Shellcode_Hash_Resolver {
  meta:
    description = "Position-independent code that finds Windows functions by the ROR-13 hash of their names (Metasploit's block_api)"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1620/"
    severity = "high"
  strings:
    $x86 = { fc e8 8? 00 00 00 60 89 e5 31 (c0 | d2) 64 8b 5? 30 }
    $x64 = { fc 48 83 e4 f0 e8 (c0 | c8 | cc) 00 00 00 41 51 41 50 52 51 56 48 31 d2 65 48 8b 52 60 }
    $hash = { ac 3c 61 7c 02 2c 20 c1 cf 0d 01 c7 }
  condition:
    (filesize < 20MB and any of ($x*)) or (filesize < 64KB and $hash)
}
