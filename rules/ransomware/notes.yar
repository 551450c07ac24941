rule Ransomware_Note_Text {
  meta:
    description = "A text that announces encrypted files, demands payment, and gives a way to get in touch"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1486/"
    severity = "critical"
  strings:
    $state1 = /(your|all( of)? your)\s{1,4}([a-z]{1,16}[ ,]{1,3}){0,4}(files|data|documents|network|servers?)\s{1,4}([a-z]{1,12}\s{1,4}){0,4}(encrypted|locked|stolen)/ nocase ascii wide
    $state2 = /(files|data)\s{1,4}(are|were|have been|has been)\s{1,4}(strongly\s{1,4})?encrypted\s{1,4}(with|by|using)/ nocase ascii wide
    $pay1 = /\b(bitcoins?|btc|monero|xmr)\b/ nocase ascii wide
    $pay2 = /\b(ransom|payment|pay us|price of (the )?decrypt)/ nocase ascii wide
    $key1 = /\b(decrypt(ion|or|er)?)\s{1,4}(key|tool|software|program|your files)/ nocase ascii wide
    $key2 = /(restore|recover|decrypt)\s{1,4}(all\s{1,4})?(your\s{1,4})?(files|data)/ nocase ascii wide
    $touch1 = /[a-z2-7]{16,56}\.onion\b/ ascii wide
    $touch2 = /\btor\s?browser\b/ nocase ascii wide
    $touch3 = /[\w.\-]{3,40}@(onionmail\.org|protonmail\.com|proton\.me|tutanota\.com|tuta\.io|cock\.li|airmail\.cc)\b/ nocase ascii wide
    $threat1 = /(do not|don'?t)\s{1,4}(try to\s{1,4})?(rename|modify|decrypt|delete|use third)/ nocase ascii wide
    $threat2 = /(will be|we will)\s{1,4}(published?|leaked?|sold|destroyed|deleted)/ nocase ascii wide
    $threat3 = /personal\s{1,4}(id|key)\b/ nocase ascii wide
  condition:
    filesize < 64KB and any of ($state*) and any of ($key*) and any of ($touch*) and
    (any of ($pay*) or 2 of ($threat*))
}

rule Ransomware_Note_Name {
  meta:
    description = "A short text under a name that ransom notes have, with an address to write to"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1486/"
    severity = "high"
  strings:
    $encrypted = /\bencrypt(ed|ion)\b/ nocase ascii wide
    $decrypt = /\bdecrypt/ nocase ascii wide
    $onion = ".onion" ascii wide
    $mail = /[\w.\-]{3,40}@[\w\-]{2,30}\.[a-z]{2,12}\b/ nocase ascii wide
  condition:
    filesize < 64KB and $encrypted and $decrypt and any of ($onion, $mail) and
    filename matches /^(!+|_+|#+)?\s?(how[_\- ]to[_\- ](restore|decrypt|recover)|(restore|recover|decrypt|unlock)[_\- ](my|your)?[_\- ]?files|files[_\- ]encrypted|readme[_\- ](for|to)[_\- ]decrypt|ransom)[^\/]{0,40}\.(txt|hta|html?)$/i
}

rule Ransomware_Shadow_Copy_Removal {
  meta:
    description = "A script or program with several commands that take away the means of recovery"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1490/"
    severity = "high"
  strings:
    $vssadmin = /vssadmin(\.exe)?\s{1,4}(delete|resize)\s{1,4}shadow/ nocase ascii wide
    $wmic = /wmic(\.exe)?\s{1,4}shadowcopy\s{1,4}delete/ nocase ascii wide
    $bcdedit = /bcdedit(\.exe)?\s{1,4}\/set\s{1,4}[^\n]{0,20}\s{0,4}(recoveryenabled\s{1,4}no|bootstatuspolicy\s{1,4}ignoreallfailures)/ nocase ascii wide
    $wbadmin = /wbadmin(\.exe)?\s{1,4}delete\s{1,4}(catalog|systemstatebackup|backup)/ nocase ascii wide
    $powershell = /Win32_Shadowcopy[^\n]{0,80}(Delete|Remove)/ nocase ascii wide
  condition:
    filesize < 20MB and 2 of them
}
