rule Script_Python_Exec_Packed {
  meta:
    description = "Python that unpacks encoded text and runs it"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1059/006/"
    severity = "medium"
  strings:
    $exec = /\bexec\s{0,4}\(\s{0,4}(__import__\s{0,4}\(\s{0,4}['"](zlib|marshal|base64)['"]\s{0,4}\)\.|(zlib\.decompress|marshal\.loads|base64\.b64decode|codecs\.decode)\s{0,4}\()[^\n]{0,200}['"][A-Za-z0-9+\/=\\]{80}/
  condition:
    filesize < 5MB and $exec
}

rule Script_JavaScript_CharCode_Eval {
  meta:
    description = "JavaScript that evaluates text built of many character codes"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/"
    severity = "medium"
  strings:
    $eval = /\beval\s{0,4}\(\s{0,4}String\.fromCharCode\s{0,4}\(\s{0,4}(\d{1,3}\s{0,2},\s{0,2}){20}/
    $write = /document\.write\s{0,4}\(\s{0,4}(unescape|String\.fromCharCode)\s{0,4}\(\s{0,4}['"]?(%[0-9a-f]{2}|\d{1,3}\s{0,2},\s{0,2}){30}/ nocase
  condition:
    filesize < 5MB and any of them
}
