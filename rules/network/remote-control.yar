rule Backdoor_Reverse_Shell_OneLiner {
  meta:
    description = "A one-line reverse shell in bash, Python, Perl, PHP, Ruby or netcat"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1059/004/"
    severity = "critical"
  strings:
    $bash = /\b(ba)?sh\s{1,4}-i\s{0,4}[>0-9<&|]{1,4}\s{0,4}&?\s{0,2}\/dev\/(tcp|udp)\/[\w.\-${}]{4,60}\/[\d${}\w]{1,12}/
    $python = /socket\.socket\([^\n]{0,80}\.connect\(\([^\n]{4,60}\)\)[^\n]{0,120}os\.dup2\([^\n]{0,120}(pty\.spawn|subprocess\.(call|Popen|run))\s{0,2}\(/
    $perl = /use\s{1,4}Socket;[^\n]{0,80}socket\(S,PF_INET[^\n]{0,160}exec\s{0,2}\(?["']?\/bin\/(ba)?sh\s{1,2}-i/
    $php = /fsockopen\(\s{0,2}["'][^"'\n]{4,60}["']\s{0,2},\s{0,2}\d{2,5}\s{0,2}\)[^\n]{0,80}(exec|shell_exec|system|proc_open|popen)\s{0,2}\([^\n]{0,40}\/bin\/(ba)?sh/
    $ruby = /TCPSocket\.(new|open)\([^\n]{4,80}\)[^\n]{0,120}exec\s{0,2}\(?\s{0,2}sprintf\([^\n]{0,20}\/bin\/sh/
    $netcat = /\b(nc|ncat|netcat)(\.traditional)?\s{1,4}(-[nvlp]{1,4}\s{1,4}){0,3}(-e|--exec|-c)\s{1,4}["']?\/bin\/(ba)?sh["']?\s{1,4}[\w.\-]{4,60}\s{1,4}\d{2,5}\b/
    $fifo = /mkfifo\s{1,4}\/tmp\/\w{1,16}\s{0,4};\s{0,4}cat\s{1,4}\/tmp\/\w{1,16}\s{0,4}\|\s{0,4}\/bin\/(ba)?sh\s{1,4}-i\s{1,4}2>&1\s{0,4}\|\s{0,4}(nc|openssl)\b/
  condition:
    filesize < 256KB and any of them
}

rule Backdoor_Beacon_Named_Pipes {
  meta:
    description = "A program with pipe names and messages that Cobalt Strike's beacon uses by default"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/software/S0154/"
    severity = "critical"
  strings:
    $pipe1 = /\\\\[.%s]{1,3}\\pipe\\(msagent_|MSSE-|postex_|postex_ssh_|status_)[%0-9a-f]{2}/ ascii wide
    $message1 = "%s as %s\\%s: %d"
    $message2 = "beacon.x64.dll"
    $message3 = "beacon.dll"
    $message4 = "ReflectiveLoader"
    $message5 = "Could not connect to pipe (%s): %d"
    $message6 = "IEX (New-Object Net.Webclient).DownloadString('http://127.0.0.1:%u/'); %s"
  condition:
    uint16(0) == 0x5a4d and filesize < 5MB and (($pipe1 and any of ($message*)) or 3 of ($message*))
}

rule Exploit_Log4Shell_Lookup {
  meta:
    description = "A JNDI lookup as it is sent to make Log4j load a class, plain or disguised by nested lookups"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2021-44228"
    severity = "high"
  strings:
    $plain = /\$\{jndi:(ldaps?|rmi|dns|iiop|nis|corba):\/\/[\w.\-\[\]:]{4,80}\/[\w\-]{1,80}\}/ nocase
    $nested = /\$\{(\$\{(lower|upper|env|sys|date|::|:)[^}\n]{0,24}\}|[jndi]){4,12}:[^}\n]{0,8}(\$\{[^}\n]{0,24}\}|[ldaprmins]){3,8}[^\n]{0,8}:\/\// nocase
    $encoded = /%24%7Bjndi(:|%3A)(ldaps?|rmi|dns)(:|%3A)(\/|%2F){2}[\w.%\-]{4,80}/ nocase
  condition:
    filesize < 50MB and any of them
}

rule Miner_Configuration {
  meta:
    description = "A configuration or script that points a miner at a pool"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1496/001/"
    severity = "medium"
  strings:
    $pool = /stratum\+(tcp|ssl|tls):\/\/[\w.\-]{4,80}:\d{2,5}/
    $wallet = /\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b/
    $option1 = "donate-level"
    $option2 = "\"rig-id\""
    $option3 = "randomx" nocase
    $program = /\b(xmrig|minerd|xmr-stak|ccminer)\b/ nocase
  condition:
    filesize < 1MB and $pool and ($wallet or 2 of ($option*, $program))
}
