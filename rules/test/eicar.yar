rule Test_EICAR_File {
  meta:
    description = "The EICAR anti-malware test file, whole or inside another file"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
    severity = "low"
  strings:
    $eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
  condition:
    filesize < 10MB and $eicar
}

rule Test_EICAR_Base64 {
  meta:
    description = "The EICAR test string, encoded as Base64 (a mail attachment, a script's payload)"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
    severity = "low"
  strings:
    $encoded = "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*" base64
  condition:
    filesize < 10MB and $encoded
}
