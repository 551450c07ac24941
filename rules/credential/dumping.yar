rule Credential_Mimikatz_Strings {
  meta:
    description = "Names of mimikatz modules and of the structures that it reads"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/software/S0002/"
    severity = "critical"
  strings:
    $module1 = "sekurlsa::logonpasswords" nocase ascii wide
    $module2 = "lsadump::dcsync" nocase ascii wide
    $module3 = "lsadump::sam" nocase ascii wide
    $module4 = "kerberos::golden" nocase ascii wide
    $module5 = "privilege::debug" nocase ascii wide
    $module6 = "sekurlsa::minidump" nocase ascii wide
    $module7 = "token::elevate" nocase ascii wide
    $author = "gentilkiwi" ascii wide
    $error = "ERROR kuhl_m_" ascii wide
  condition:
    filesize < 20MB and (2 of ($module*) or ($author and $error) or (1 of ($module*) and ($author or $error)))
}

rule Credential_LSASS_Comsvcs_Dump {
  meta:
    description = "A command that writes the memory of LSASS to a file by means of Windows itself"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1003/001/"
    severity = "critical"
  strings:
    $comsvcs = /rundll32(\.exe)?[^\n]{0,80}comsvcs(\.dll)?[ ,"']{1,4}(MiniDump|#\+?0{0,5}24)\b/ nocase ascii wide
    $procdump = /procdump(64)?(\.exe)?[^\n]{0,60}\s-m[ap]\s[^\n]{0,40}lsass/ nocase ascii wide
  condition:
    filesize < 5MB and any of them
}

rule Credential_Registry_Hive_Export {
  meta:
    description = "Commands that save the registry hives in which Windows keeps password hashes"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1003/002/"
    severity = "high"
  strings:
    $sam = /reg(\.exe)?\s{1,4}(save|export)\s{1,4}["']?(hklm|HKEY_LOCAL_MACHINE)\\sam\b/ nocase ascii wide
    $system = /reg(\.exe)?\s{1,4}(save|export)\s{1,4}["']?(hklm|HKEY_LOCAL_MACHINE)\\system\b/ nocase ascii wide
    $security = /reg(\.exe)?\s{1,4}(save|export)\s{1,4}["']?(hklm|HKEY_LOCAL_MACHINE)\\security\b/ nocase ascii wide
  condition:
    filesize < 5MB and 2 of them
}

rule Credential_Browser_Theft_Script {
  meta:
    description = "A script that opens the password store of a browser and unprotects its key"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1555/003/"
    severity = "high"
  strings:
    $store = /User Data[\/\\]{1,4}[^\n"']{0,24}[\/\\]{0,4}(Login Data|Cookies|Web Data)|["']Login Data["']/ nocase
    $state = "Local State"
    $key = "encrypted_key"
    $unprotect = "CryptUnprotectData"
    $query = /select\s[^\n]{0,80}password_value/ nocase
  condition:
    filesize < 5MB and $store and $key and ($unprotect or $query) and $state
}
