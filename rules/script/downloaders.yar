rule Script_PowerShell_Download_Execute {
  meta:
    description = "PowerShell that fetches text over HTTP and runs it in memory"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1059/001/"
    severity = "high"
  strings:
    $cradle1 = /(IEX|Invoke-Expression)\s{0,4}\(?\s{0,4}\(?\s{0,4}(New-Object\s{1,4}(System\.)?Net\.WebClient)\s{0,4}\)?\s{0,4}\.Download(String|Data)/ nocase
    // One-liners that provisioning scripts and documentation quote: each is one of the first pattern as well.
    $installer = /(IEX|Invoke-Expression)\s{0,4}\(?\s{0,4}\(?\s{0,4}(New-Object\s{1,4}(System\.)?Net\.WebClient)\s{0,4}\)?\s{0,4}\.Download(String|Data)\s{0,4}\(\s{0,4}['"]https:\/\/((community\.)?chocolatey\.org\/install\.ps1|boxstarter\.org\/bootstrapper\.ps1)['"]/ nocase
    $cradle2 = /(New-Object\s{1,4}(System\.)?Net\.WebClient)\s{0,4}\)?\s{0,4}\.Download(String|Data)\s{0,4}\([^)\n]{8,300}\)\s{0,4}\)?\s{0,4}\|\s{0,4}(IEX|Invoke-Expression)\b/ nocase
    $cradle3 = /(iwr|irm|curl|wget|Invoke-WebRequest|Invoke-RestMethod)\s{1,4}[^|\n]{8,300}\|\s{0,4}(IEX|Invoke-Expression)\b/ nocase
  condition:
    filesize < 5MB and (#cradle1 > #installer or $cradle2 or $cradle3)
}

rule Script_PowerShell_Hidden_Encoded {
  meta:
    description = "A command line of PowerShell with a hidden window and an encoded command"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/010/"
    severity = "high"
  strings:
    $hidden = /powershell(\.exe)?["']?\s[^\n]{0,120}-w(in(dowstyle)?)?\s{1,4}(hidden|1)\b/ nocase
    $encoded = /\s-(e|ec|en|enc|enco|encod|encode|encoded|encodedc|encodedco|encodedcom|encodedcomm|encodedcomma|encodedcomman|encodedcommand)\s{1,4}["']?[A-Za-z0-9+\/]{40}/ nocase
  condition:
    filesize < 5MB and all of them
}

rule Script_Windows_LOLBin_Download {
  meta:
    description = "certutil, bitsadmin or mshta made to fetch something to run"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1105/"
    severity = "high"
  strings:
    $certutil = /certutil(\.exe)?["']?\s{1,8}[^\n]{0,60}[-\/]urlcache\s[^\n]{0,80}https?:\/\/[^\s"'<]{4}/ nocase
    $bitsadmin = /bitsadmin(\.exe)?["']?\s{1,8}\/transfer\s[^\n]{0,120}https?:\/\/[^\n]{4,200}\.(exe|dll|ps1|vbs|js|bat|hta|scr)\b/ nocase
    $mshta = /mshta(\.exe)?["']?\s{1,8}["']?(https?:\/\/[^\s"'<]{4}|javascript:|vbscript:)/ nocase
  condition:
    filesize < 2MB and any of them
}

rule Script_Shell_Drop_And_Run {
  meta:
    description = "A shell script that fetches a program into a folder that all may write to, makes it executable and runs it"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
    severity = "high"
  strings:
    $fetch = /\b(curl|wget|tftp|ftpget)\b[^\n;&|]{0,120}(https?:\/\/|-g|-r)[^\n;&|]{4,200}/
    $place = /\bcd\s{1,4}(\/tmp|\/var\/run|\/dev\/shm|\/mnt|\/var\/tmp)\b|(\s|=|>)\/(tmp|dev\/shm|var\/tmp)\/[\w.\-]{1,40}/
    $mode = /\bchmod\s{1,4}(\+x|0?7[0-7]{2})\s/
    $run = /(;|&&|\n)\s{0,4}(nohup\s{1,4}|sh\s{1,4}|bash\s{1,4})?(\.\/|\/tmp\/|\/dev\/shm\/|\/var\/tmp\/)[\w.\-]{1,40}/
    $busybox = /\/bin\/busybox\s{1,4}(wget|tftp|ECCHI|MIRAI)/
    $wipe = /\brm\s{1,4}-(rf|fr|f)\s{1,4}(\$0|\/tmp\/|\/dev\/shm\/|[\w.\-]{1,40}\s{0,4}(;|\n|$))/
    $silent = />\s{0,2}\/dev\/null\s{1,4}2>&1\s{0,4}&/
  condition:
    filesize < 100KB and $fetch and $place and $mode and $run and any of ($busybox, $wipe, $silent)
}

rule Script_Pipe_To_Shell_From_Address {
  meta:
    description = "A download from a bare IP address that is piped into a shell"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
    severity = "medium"
    status = "staged"
  strings:
    $pipe = /\b(curl|wget)\s[^\n|;]{0,120}https?:\/\/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[:\/][^\n|;]{0,200}\|\s{0,4}(sudo\s{1,4})?(ba|da|z|k)?sh\b/
  condition:
    filesize < 1MB and $pipe
}

rule Script_WSH_Drop_And_Run {
  meta:
    description = "A Windows script that fetches a file, saves it by ADODB.Stream and runs it"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1059/005/"
    severity = "high"
  strings:
    $http = /(MSXML2\.(Server)?XMLHTTP|Microsoft\.XMLHTTP|WinHttp\.WinHttpRequest)/ nocase
    $stream = "ADODB.Stream" nocase
    $save = ".SaveToFile" nocase
    $shell = /(WScript\.Shell|Shell\.Application)/ nocase
    $run = /\.(Run|ShellExecute|Exec)\b/ nocase
  condition:
    filesize < 1MB and all of them
}

rule Script_HTML_Smuggling {
  meta:
    description = "A page that builds a file out of encoded text and saves it by itself"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/006/"
    severity = "medium"
  strings:
    $blob = /new\s{1,4}Blob\s{0,4}\(\s{0,4}\[/
    $decode = /\batob\s{0,4}\(/
    $save = /\.download\s{0,4}=\s{0,4}['"][^'"\n]{1,80}\.(iso|img|zip|exe|js|vhd|hta|lnk|msi)['"]/ nocase
    $click = /\.click\s{0,4}\(\s{0,4}\)/
    $url = "createObjectURL"
    $payload = /['"][A-Za-z0-9+\/]{400}/
  condition:
    filesize < 20MB and all of them
}
